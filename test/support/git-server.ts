import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { timingSafeEqual } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, sep } from 'node:path'

export interface GitServerOptions {
  /** Every bare repository below this folder is served and may be pushed to. */
  readonly root: string
  /** Default a free one. */
  readonly port?: number
  /** Asked for on every request when given. */
  readonly credentials?: { readonly username: string; readonly password: string }
}

export interface GitServer {
  /** `http://127.0.0.1:PORT`, without credentials; a repository is at `${url}/NAME.git`. */
  readonly url: string
  stop(): Promise<void>
}

/** What hosts of Git allow too: pushes, partial clones and fetching a commit by its name. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['http.receivepack', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ['safe.directory', '*'],
]

interface Route {
  /** Real path of the repository's folder. */
  readonly repository: string
  /** The rest, e.g. `/info/refs`. */
  readonly action: string
  readonly query: string
}

const ACTION = /\/(info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/[\w./-]+)$/

/** Serves Git's smart HTTP protocol with `git http-backend`, on loopback only. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const root = await realpath(options.root)
  const server = createServer((request, response) => {
    answer({ ...options, root }, request, response).catch((error: unknown) =>
      refuse(response, 500, String(error)),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

async function answer(
  options: GitServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAllowed(options, request)) {
    response.setHeader('www-authenticate', 'Basic realm="git"')
    return refuse(response, 401, 'Authentication needed')
  }
  const route = await routeOf(options.root, request.url ?? '/')
  if (route === undefined) return refuse(response, 404, 'No such repository')
  const backend = spawn('git', ['http-backend'], { env: environment(route, request), stdio: 'pipe' })
  response.once('close', () => backend.kill('SIGKILL'))
  backend.once('error', (error) => refuse(response, 500, `git http-backend: ${error.message}`))
  // The backend may stop reading early (a refused push); that is its answer, not our fault.
  backend.stdin.on('error', () => undefined)
  backend.stderr.resume()
  request.pipe(backend.stdin)
  relay(backend, response)
}

function isAllowed(options: GitServerOptions, request: IncomingMessage): boolean {
  if (options.credentials === undefined) return true
  const { username, password } = options.credentials
  const expected = Buffer.from(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  const given = Buffer.from(request.headers.authorization ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Undefined for everything that is not an action on a folder really inside `root` (also after symbolic links). */
async function routeOf(root: string, url: string): Promise<Route | undefined> {
  const [path = '', query = ''] = url.split('?', 2)
  const decoded = decode(path)
  const action = ACTION.exec(decoded)?.[0]
  if (action === undefined || decoded.includes('\0') || decoded.split(/[/\\]/).includes('..'))
    return undefined
  const named = join(root, decoded.slice(0, -action.length))
  const repository = await realpath(named).catch(() => undefined)
  if (repository === undefined || !repository.startsWith(root + sep)) return undefined
  return { repository, action, query }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}

function environment(route: Route, request: IncomingMessage): NodeJS.ProcessEnv {
  const { headers } = request
  const settings = SETTINGS.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return {
    PATH: process.env['PATH'],
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: String(SETTINGS.length),
    ...Object.fromEntries(settings),
    GIT_PROJECT_ROOT: route.repository,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: route.action,
    QUERY_STRING: route.query,
    REQUEST_METHOD: request.method,
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_USER: 'git',
    CONTENT_TYPE: headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding']?.toString() ?? '',
    GIT_PROTOCOL: headers['git-protocol']?.toString() ?? '',
    ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] }),
  }
}

/** A CGI program's answer: header lines, an empty line, then the body. */
function relay(backend: ChildProcessWithoutNullStreams, response: ServerResponse): void {
  let head = Buffer.alloc(0)
  const onHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    backend.stdout.off('data', onHead)
    writeHead(response, head.subarray(0, end).toString('latin1'))
    response.write(head.subarray(end + 4))
    backend.stdout.pipe(response)
  }
  backend.stdout.on('data', onHead)
  backend.once('close', () => {
    if (!response.headersSent) refuse(response, 500, 'git http-backend ended without an answer')
  })
}

function writeHead(response: ServerResponse, head: string): void {
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${reason}\n`)
}
