import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ClusterPorts, settlePorts } from './ports.js'

/** Who may speak to a test cluster. Only `admin` is in system:masters; `nobody` has no rights at all. */
export const CLUSTER_USERS = ['admin', 'observer', 'sut', 'floor', 'nobody'] as const
export type ClusterUser = (typeof CLUSTER_USERS)[number]

const COMPONENTS = ['system:kube-controller-manager', 'system:kube-scheduler'] as const
type Component = (typeof COMPONENTS)[number]

export type Tokens = Readonly<Record<ClusterUser | Component, string>>

/** What a cluster keeps between two starts, so that its kubeconfigs stay valid. */
export interface ClusterFolder {
  readonly dir: string
  readonly tokens: Tokens
  readonly ports: ClusterPorts
  readonly caPem: string
}

/** Makes what is missing in `dir` (keys, tokens, ports) and reads the rest. */
export async function openClusterFolder(dir: string, binary: string, port?: number): Promise<ClusterFolder> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  if (!existsSync(join(dir, 'ca.crt'))) await promisify(execFile)(binary, ['pki', dir])
  const tokens = await settleTokens(dir)
  const ports = await settlePorts(join(dir, 'ports.json'), port)
  const caPem = await readFile(join(dir, 'ca.crt'), 'utf8')
  const folder = { dir, tokens, ports, caPem }
  for (const component of COMPONENTS) {
    await writeSecret(join(dir, componentKubeconfig(component)), kubeconfigOf(folder, component))
  }
  return folder
}

/** Reads the folder of a cluster that runs already. */
export async function readClusterFolder(dir: string): Promise<ClusterFolder> {
  const read = (name: string): Promise<string> => readFile(join(dir, name), 'utf8')
  const [tokens, ports, caPem] = await Promise.all([read('tokens.json'), read('ports.json'), read('ca.crt')])
  return { dir, tokens: JSON.parse(tokens) as Tokens, ports: JSON.parse(ports) as ClusterPorts, caPem }
}

export function componentKubeconfig(component: Component): string {
  return `${component.replace('system:', '')}.yaml`
}

/** A kubeconfig with inline CA and token: usable from any folder and inside a database. */
export function kubeconfigOf(folder: ClusterFolder, user: ClusterUser | Component): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: cluster
    cluster:
      server: ${serverOf(folder)}
      certificate-authority-data: ${Buffer.from(folder.caPem).toString('base64')}
users:
  - name: "${user}"
    user:
      token: ${folder.tokens[user]}
contexts:
  - name: cluster
    context: { cluster: cluster, user: "${user}" }
current-context: cluster
`
}

export function serverOf(folder: ClusterFolder): string {
  return `https://127.0.0.1:${folder.ports.apiserver}`
}

async function settleTokens(dir: string): Promise<Tokens> {
  const file = join(dir, 'tokens.json')
  const kept = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Partial<Tokens>) : {}
  const fresh = (user: ClusterUser | Component): string => kept[user] ?? randomBytes(24).toString('hex')
  const users = [...CLUSTER_USERS, ...COMPONENTS]
  const tokens = Object.fromEntries(users.map((user) => [user, fresh(user)])) as Tokens
  await writeSecret(file, JSON.stringify(tokens))
  const rows = users.map((user) => {
    const group = user === 'admin' ? ',"system:masters"' : ''
    return `${tokens[user]},${user},${user}${group}`
  })
  await writeSecret(join(dir, 'tokens.csv'), `${rows.join('\n')}\n`)
  return tokens
}

function writeSecret(file: string, content: string): Promise<void> {
  return writeFile(file, content, { mode: 0o600 })
}
