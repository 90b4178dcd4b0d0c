import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A bare repository on disk. */
export interface GitRepository {
  readonly path: string
  /** Folder below the root, e.g. `shop.git`. */
  readonly name: string
  /** The newest commit of `main` when it was created. */
  readonly commit: string
}

export interface CommitOptions {
  readonly message?: string
  /** Default `main`; begins empty when it does not exist. */
  readonly branch?: string
}

/** Path in the repository → content. */
export type Files = Readonly<Record<string, string>>

/** Creates `root/name.git` with one commit on `main`. */
export async function createRepository(root: string, name: string, files: Files): Promise<GitRepository> {
  const folder = name.endsWith('.git') ? name : `${name}.git`
  const path = join(root, folder)
  await mkdir(path, { recursive: true })
  await git(path, ['init', '--quiet', '--bare', '--initial-branch=main', '.'])
  return { path, name: folder, commit: await commitFiles({ path }, files, { message: 'Begin' }) }
}

/** Adds or replaces files in one commit; returns its name. Thousands of files take less than a second. */
export function commitFiles(
  repository: Pick<GitRepository, 'path'>,
  files: Files,
  options: CommitOptions = {},
): Promise<string> {
  const changes = Object.entries(files).map(
    ([path, content]) => `M 100644 inline ${quoted(path)}\n${counted(content)}\n`,
  )
  return commit(repository.path, changes, { message: 'Change files', ...options })
}

/** Removes files or whole folders in one commit; returns its name. */
export function removeFiles(
  repository: Pick<GitRepository, 'path'>,
  paths: readonly string[],
  options: CommitOptions = {},
): Promise<string> {
  const changes = paths.map((path) => `D ${quoted(path)}\n`)
  return commit(repository.path, changes, { message: 'Remove files', ...options })
}

/** `git fast-import` needs no work tree and one child for any number of files. */
async function commit(
  path: string,
  changes: readonly string[],
  options: CommitOptions & { readonly message: string },
): Promise<string> {
  const reference = `refs/heads/${options.branch ?? 'main'}`
  const parent = await git(path, ['rev-parse', '--verify', '--quiet', reference]).catch(() => '')
  const seconds = Math.floor(Date.now() / 1000)
  const head = [
    `commit ${reference}\nmark :1\n`,
    `committer Lockstep tests <tests@lockstep.invalid> ${seconds} +0000\n`,
    `${counted(options.message)}\n`,
    parent === '' ? '' : `from ${parent}\n`,
  ]
  return git(path, ['fast-import', '--quiet'], `${[...head, ...changes].join('')}\nget-mark :1\n`)
}

function counted(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`
}

function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

/** Runs git without the settings of this machine and returns its trimmed output. */
export function git(path: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
    }
    const child = spawn('git', args, { cwd: path, env, stdio: 'pipe' })
    let output = ''
    let fault = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (fault += chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output.trim())
      else
        reject(
          new Error(`git ${args.join(' ')} failed in ${path} with code ${String(code)}: ${fault.trim()}`),
        )
    })
  })
}
