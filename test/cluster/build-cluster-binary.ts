import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './cache-folder.js'
import { withFolderLock } from './folder-lock.js'

const NEEDED_GO = [1, 26] as const
const WAY_OUT = 'Install Go >= 1.26 (https://go.dev/dl), or use a cluster of your own with --context NAME.'
const NETWORK_FAULT =
  /dial tcp|no such host|i\/o timeout|connection refused|proxyconnect|TLS handshake|network is unreachable|403 Forbidden/
const PROGRESS_EVERY = 25

export interface BuildOptions {
  /** One sentence at a time; the first build takes 6 to 10 minutes on two cores. */
  readonly onProgress?: (line: string) => void
}

interface GoRun {
  readonly source: string
  readonly args: readonly string[]
  readonly onLine?: (line: string) => void
}

/**
 * The path of the cluster binary, built from the Go module beside this file unless the user's cache has it.
 * The name holds a hash of the module's files, so all checkouts of the same state share one binary.
 */
export async function ensureClusterBinary(options: BuildOptions = {}): Promise<string> {
  const source = sourceFolder()
  const binary = join(cacheFolder(), `cluster-${await sourceHash(source)}`)
  if (existsSync(binary)) return binary
  const tell = options.onProgress ?? (() => undefined)
  await mkdir(cacheFolder(), { recursive: true })
  const build = async (): Promise<void> => {
    if (!existsSync(binary)) await buildInto(source, binary, tell)
  }
  await withFolderLock(`${binary}.lock`, build, (pid) =>
    tell(`Waiting for another build of the throw-away cluster (pid ${pid})`),
  )
  return binary
}

/** Searched upwards, because this file runs from `test/` as well as from `dist/test/`. */
function sourceFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const candidate = join(folder, 'test', 'cluster')
    if (existsSync(join(candidate, 'go.mod'))) return candidate
    const parent = dirname(folder)
    if (parent === folder) {
      throw new Error(
        `Cannot build the throw-away cluster: test/cluster/go.mod was not found above ${fileURLToPath(import.meta.url)}. Run from a complete checkout of the repository.`,
      )
    }
    folder = parent
  }
}

async function sourceHash(source: string): Promise<string> {
  const names = (await readdir(source)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort()
  const hash = createHash('sha256').update(`${process.platform}/${process.arch}`)
  for (const name of names) hash.update(`\0${name}\0`).update(await readFile(join(source, name)))
  return hash.digest('hex').slice(0, 16)
}

async function buildInto(source: string, binary: string, tell: (line: string) => void): Promise<void> {
  await requireGo(source)
  tell('Downloading the Go modules of Kubernetes (about 100 MB, once)')
  await go({ source, args: ['mod', 'download'] })
  let total = 0
  await go({ source, args: ['list', '-deps', '.'], onLine: () => (total += 1) })
  tell(`Building the throw-away cluster: ${total} Go packages, 6 to 10 minutes on two cores, once`)
  await removePartials(binary)
  const partial = `${binary}.${process.pid}.partial`
  let compiled = 0
  const onLine = (): void => {
    compiled += 1
    if (compiled % PROGRESS_EVERY === 0) tell(`Compiled ${compiled} of at most ${total} Go packages`)
  }
  try {
    await go({ source, args: await buildArguments(source, partial), onLine })
    // The rename makes the binary appear whole or not at all, also when the build is interrupted.
    await rename(partial, binary)
  } finally {
    await rm(partial, { force: true })
  }
  tell('Built the throw-away cluster')
}

/** What interrupted builds left; the lock is ours, so no build is writing them. */
async function removePartials(binary: string): Promise<void> {
  const left = (await readdir(dirname(binary))).filter(
    (name) => name.startsWith(`${basename(binary)}.`) && name.endsWith('.partial'),
  )
  await Promise.all(left.map((name) => rm(join(dirname(binary), name), { force: true })))
}

/** Without the version flags the server calls itself v0.0.0-master+$Format, which breaks clients that parse it. */
async function buildArguments(source: string, output: string): Promise<string[]> {
  const version = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\S+)/.exec(
    await readFile(join(source, 'go.mod'), 'utf8'),
  )
  if (version === null)
    throw new Error(`Cannot build the throw-away cluster: ${source}/go.mod names no k8s.io/kubernetes`)
  const name = 'k8s.io/component-base/version'
  const flags = [
    `-X ${name}.gitVersion=${version[1]}`,
    `-X ${name}.gitMajor=${version[2]}`,
    `-X ${name}.gitMinor=${version[3]}`,
    `-X ${name}.gitTreeState=clean`,
  ]
  return ['build', '-v', '-trimpath', '-ldflags', `-s -w ${flags.join(' ')}`, '-o', output, '.']
}

async function requireGo(source: string): Promise<void> {
  let version = ''
  await go({ source, args: ['env', 'GOVERSION'], onLine: (line) => (version ||= line) })
  const found = /^go(\d+)\.(\d+)/.exec(version)
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)]
  if (major > NEEDED_GO[0] || (major === NEEDED_GO[0] && minor >= NEEDED_GO[1])) return
  throw new Error(
    `Go >= ${NEEDED_GO.join('.')} is needed to build the throw-away cluster, but \`go\` on the PATH is ${version || 'of an unknown version'}. ${WAY_OUT}`,
  )
}

function go(run: GoRun): Promise<void> {
  return new Promise((resolve, reject) => {
    // GOTOOLCHAIN=local: never fetch another toolchain behind the user's back.
    const env = { ...process.env, GOTOOLCHAIN: 'local' }
    const child = spawn('go', run.args, { cwd: run.source, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const tail: string[] = []
    const onLine = (line: string): void => {
      tail.push(line)
      if (tail.length > 15) tail.shift()
      run.onLine?.(line)
    }
    createInterface({ input: child.stdout }).on('line', onLine)
    createInterface({ input: child.stderr }).on('line', onLine)
    child.on('error', (error) => reject(notStarted(error)))
    child.on('close', (code) => (code === 0 ? resolve() : reject(failed(run, tail.join('\n')))))
  })
}

function notStarted(error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT') {
    return new Error(
      `Go >= 1.26 is needed to build the throw-away cluster, but there is no \`go\` on the PATH. ${WAY_OUT}`,
    )
  }
  return new Error(`Cannot run \`go\` to build the throw-away cluster: ${error.message}. ${WAY_OUT}`, {
    cause: error,
  })
}

function failed(run: GoRun, output: string): Error {
  const command = `go ${run.args.slice(0, 2).join(' ')}`
  if (NETWORK_FAULT.test(output)) {
    return new Error(
      `Cannot download the Go modules of the throw-away cluster (\`${command}\` in ${run.source}): the module proxy was not reached. Check the network and GOPROXY, then run the same command again.\n${output}`,
    )
  }
  return new Error(
    `Cannot build the throw-away cluster: \`${command}\` in ${run.source} failed:\n${output}\n${WAY_OUT}`,
  )
}
