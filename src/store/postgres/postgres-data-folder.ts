import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '../../base/app-error.js'
import type { PostgresPrograms } from './postgres-programs.js'

export interface DataFolder {
  readonly data: string
  readonly user: string
  readonly password: string
  /** Who runs Postgres when this process is root (Postgres refuses to); undefined = this very user. */
  readonly owner: Owner | undefined
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}

const USER = 'lockstep'

/**
 * The folder with the database and its password, made on the first start. An initdb that was interrupted leaves only
 * `data.new`, which the next start makes again.
 */
export async function prepareDataFolder(dir: string, programs: PostgresPrograms): Promise<DataFolder> {
  const root = resolve(dir)
  const owner = process.getuid?.() === 0 ? await unprivilegedUser() : undefined
  await mkdir(root, { recursive: true, mode: 0o700 })
  await give(root, owner, 0o700)
  if (owner !== undefined) await letPass(dirname(root))
  const password = await loadPassword(join(root, 'password'), owner)
  const data = join(root, 'data')
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(root, programs.initdb, owner)
  return { data, user: USER, password, owner }
}

async function loadPassword(file: string, owner: Owner | undefined): Promise<string> {
  if (!existsSync(file)) {
    await writeFile(`${file}.new`, randomBytes(24).toString('hex'), { mode: 0o600 })
    await rename(`${file}.new`, file)
  }
  await give(file, owner, 0o600)
  return (await readFile(file, 'utf8')).trim()
}

async function initialise(root: string, initdb: string, owner: Owner | undefined): Promise<void> {
  const fresh = join(root, 'data.new')
  await rm(fresh, { recursive: true, force: true })
  const words = ['-D', fresh, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${join(root, 'password')}`]
  const child = spawn(initdb, [...words, '-E', 'UTF8', '--locale=C', '--no-instructions'], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    ...owner,
  })
  let problem = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text))
  const code = await Promise.race([
    once(child, 'close').then(([exit]) => exit as number),
    once(child, 'error').then(([error]) => String(error)),
  ])
  if (code !== 0)
    throw cannotInitialise(root, `${problem.trim()} ${typeof code === 'string' ? code : ''}`, owner)
  await rename(fresh, join(root, 'data'))
}

function cannotInitialise(root: string, words: string, owner: Owner | undefined): AppError {
  if (isDiskFull(words)) return diskFull(`Cannot create the embedded Postgres in ${root}`)
  const hint =
    owner === undefined
      ? ''
      : ' As root, Postgres runs as another user: that user must be able to reach both this folder and node_modules (not below /root). Run as an ordinary user, or set database.url to your own Postgres.'
  return new AppError('INTERNAL', `Cannot create the embedded Postgres in ${root}: ${words.trim()}.${hint}`)
}

export function isDiskFull(words: string): boolean {
  return /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/.test(words)
}

/** `what` says what cannot be done, and where. */
export function diskFull(what: string): AppError {
  const advice = 'the disk is full. Free space there, or put the state elsewhere (state.dir)'
  return new AppError('INTERNAL', `${what}: ${advice}.`, { retry: { afterSeconds: 30 } })
}

async function give(path: string, owner: Owner | undefined, mode: number): Promise<void> {
  await chmod(path, mode)
  if (owner !== undefined) await chown(path, owner.uid, owner.gid)
}

/** The state folder is private to root: Postgres may walk through it, not look around. Folders above it are left alone. */
async function letPass(folder: string): Promise<void> {
  const { mode, uid } = await stat(folder)
  if (uid === 0 && (mode & 0o001) === 0) await chmod(folder, (mode & 0o777) | 0o011)
}

/** `postgres` where a package made it, else `nobody`; initdb needs a user that /etc/passwd knows. */
async function unprivilegedUser(): Promise<Owner> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line[0] === name) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new AppError(
    'INTERNAL',
    'Cannot start the embedded Postgres as root: neither user "postgres" nor "nobody" exists. Run as an ordinary user, or set database.url.',
  )
}
