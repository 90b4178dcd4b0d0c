/** Every rule fires: faults are planted in a small tree of its own, and each must be reported by name. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './gates/run-gates.mjs'

const CONFIGS = [
  '.dependency-cruiser.mjs',
  '.oxlintrc.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.engine.json',
  'quality.json',
]

const EMPTY = 'export const nothing = 0\n'
const imports = (...targets) => targets.map((target) => `import '${target}'`).join('\n') + `\n${EMPTY}`
const lines = (count, line) => Array.from({ length: count }, (_, index) => line(index)).join('\n')

/** Rule of dependency-cruiser → the files that break it. */
const LAYER_FAULTS = {
  'layer-engine': { 'src/engine/knows-store.ts': imports('../store/nothing.js') },
  'engine-is-pure': { 'src/engine/reads-files.ts': imports('node:fs') },
  'nest-at-the-edge': { 'src/projects/with-nest.ts': imports('@nestjs/common') },
  'technology-behind-contract': { 'src/projects/with-memory.ts': imports('../store/memory/nothing.js') },
  'layer-applications': {
    'src/applications/wrong-way.ts': imports('../reconcile/nothing.js', '../api/nothing.js'),
  },
  'layer-store': { 'src/store/knows-git.ts': imports('../git/nothing.js') },
  'types-only-store-queue': { 'src/store/runs-queue.ts': imports('../queue/nothing.js') },
  'cli-is-a-client': { 'src/cli/knows-store.ts': imports('../store/nothing.js') },
  'technology-stays-apart-store-memory': {
    'src/store/memory/mixes.ts': imports('../../queue/memory/nothing.js'),
  },
  'module-wires-its-own': {
    'src/applications/applications.module.ts': imports('../queue/memory/nothing.js'),
  },
  'settings-only-in-main': { 'src/projects/reads-settings.ts': imports('../settings/nothing.js') },
  'prisma-in-store': { 'src/projects/with-prisma.ts': imports('@prisma/client') },
  'undici-for-http': { 'src/git/with-undici.ts': imports('undici') },
  'no-cycles': { 'src/base/first.ts': imports('./second.js'), 'src/base/second.ts': imports('./first.js') },
  'no-barrels': { 'src/base/takes-index.ts': imports('./index.js'), 'src/base/index.ts': EMPTY },
  'source-knows-no-tests': { 'src/main/with-test.ts': imports('../../test/nothing.js') },
  'floor-is-independent': { 'bench/floor/with-product.ts': imports('../../src/kube/nothing.js') },
}

/** Rule of oxlint → a file that breaks it. */
const LINT_FAULTS = {
  'max-lines': ['src/base/long.ts', lines(302, (index) => `export const value${index} = ${index}`)],
  'max-lines-per-function': [
    'src/base/long-function.ts',
    `export function long(values: number[]): void {\n${lines(51, (index) => `  values[${index}] = ${index}`)}\n}`,
  ],
  'max-statements': [
    'src/base/many.ts',
    `export function many(values: number[]): void {\n${lines(21, (index) => `  values[${index}] = 1`)}\n}`,
  ],
  'max-params': ['src/base/wide.ts', 'export const wide = (a: 1, b: 2, c: 3, d: 4): number => a + b + c + d'],
  'max-depth': [
    'src/base/deep.ts',
    'export function deep(a: boolean): number {\n  if (a) {\n if (!a) {\n while (a) {\n if (a) {\n return 1 } } } }\n  return 0\n}',
  ],
  complexity: [
    'src/base/branches.ts',
    `export const branches = (a: number): number => ${lines(10, (index) => `a === ${index} ? ${index} : `)} 10`,
  ],
  'no-restricted-globals': ['src/engine/clock.ts', 'export const now = (): number => Date.now()'],
  'no-restricted-properties': ['src/engine/chance.ts', 'export const chance = (): number => Math.random()'],
  'no-process-env': ['src/projects/environment.ts', 'export const home = process.env'],
  'no-default-export': ['src/base/default.ts', 'export default 1'],
  'no-explicit-any': ['src/base/any.ts', 'export const anything = (value: any): number => value'],
  'no-non-null-assertion': ['src/base/bang.ts', 'export const sure = (value?: number): number => value!'],
  'filename-case': ['src/base/badName.ts', EMPTY],
}

const CLEAN = [
  'store',
  'store/memory',
  'queue',
  'queue/memory',
  'git',
  'reconcile',
  'api',
  'settings',
  'kube',
].map((name) => `src/${name}/nothing.ts`)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-gates-'))
  for (const file of CONFIGS) await cp(join(root, file), join(folder, file))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const file of [...CLEAN, 'test/nothing.ts', 'quickstart/nothing.ts']) await plant(file, EMPTY)
  await plant('src/applications/nothing.ts', EMPTY)
  await plant('src/reconcile/uses-an-action.ts', imports('../applications/nothing.js'))
  for (const files of Object.values(LAYER_FAULTS)) {
    for (const [file, text] of Object.entries(files)) await plant(file, text)
  }
  for (const [file, text] of Object.values(LINT_FAULTS)) await plant(file, text)
}, 30_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('layers', () => {
  let output = ''
  beforeAll(async () => {
    const program = 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'
    output = await outputOf([program, '-c', '.dependency-cruiser.mjs', 'src', 'test', 'bench', 'quickstart'])
  }, 60_000)

  it.each(Object.entries(LAYER_FAULTS))('%s is reported for the file that breaks it', (rule, files) => {
    const [file] = Object.keys(files)
    expect(output).toMatch(new RegExp(`error ${rule}: .*${file.replaceAll('.', '\\.')}`))
  })

  it('the listed edge from reconcile to applications is not reported', () => {
    expect(output).not.toContain('src/reconcile/uses-an-action.ts')
  })
})

describe('lint', () => {
  let output = ''
  beforeAll(async () => {
    output = await outputOf(['node_modules/oxlint/bin/oxlint', '-f', 'unix'])
  }, 60_000)

  it.each(Object.entries(LINT_FAULTS))('%s is reported for the file that breaks it', (rule, [file]) => {
    const reported = output.split('\n').filter((line) => line.startsWith(`${file}:`))
    expect(reported.join('\n')).toContain(`(${rule})`)
  })
})

describe('engine types', () => {
  it('a Node global in the engine does not compile', async () => {
    await plant('src/engine/environment.ts', 'export const home = process.cwd()\n')
    const output = await outputOf(['node_modules/ts7/bin/tsc', '-p', 'tsconfig.engine.json'])
    expect(output).toMatch(/src\/engine\/environment\.ts.*TS2591|TS2304|TS2580/)
  }, 60_000)
})

describe('words', () => {
  it('a banned word and a word that the glossary replaces are reported', async () => {
    await plant('src/projects/project-helper.ts', 'export class TenantStore {}\n')
    const output = await outputOf([join(root, 'tools/check-words.mjs'), folder])
    expect(output).toContain('"helper" in a file name')
    expect(output).toContain('TenantStore says "tenant"; the glossary says "project"')
  })
})

describe('docs', () => {
  it('a dead path, a dead link and an unknown command are reported', async () => {
    await plant('README.md', 'See `src/nowhere/file.ts`, [this](docs/none.md), and run `npm run nothing`.\n')
    const output = await outputOf([join(root, 'tools/check-docs.mjs'), folder])
    expect(output).toContain('the path src/nowhere/file.ts does not exist')
    expect(output).toContain('the link docs/none.md leads nowhere')
    expect(output).toContain('no script "nothing"')
  })
})

describe('quality', () => {
  it('a count that got worse is reported', async () => {
    await plant('quality.json', '{ "filesOver300Lines": 0, "lintExemptions": 0 }')
    const output = await outputOf([join(root, 'tools/check-quality.mjs'), folder])
    expect(output).toContain('filesOver300Lines is 1, quality.json permits 0')
  })
})

async function plant(file, text) {
  await mkdir(dirname(join(folder, file)), { recursive: true })
  await writeFile(join(folder, file), text)
}

/** The output of a check that is expected to fail. */
async function outputOf(args) {
  const run = promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1e7 })
  const result = await run.catch((error) => ({ ...error, failed: true }))
  expect(result.failed, `${args[0]} found nothing:\n${result.stdout}`).toBe(true)
  return `${result.stdout}${result.stderr}`
}
