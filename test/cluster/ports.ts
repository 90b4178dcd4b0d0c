import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const NAMES = ['apiserver', 'etcd', 'etcdPeer', 'controllerManager', 'scheduler'] as const
type PortName = (typeof NAMES)[number]
export type ClusterPorts = Readonly<Record<PortName, number>>

const LEAVING_MS = 3000

/**
 * The ports of a cluster, remembered in `file`. Only the API server's has to stay the same (kubeconfigs name it);
 * another one that is taken meanwhile is replaced.
 */
export async function settlePorts(file: string, wanted?: number): Promise<ClusterPorts> {
  const kept = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Partial<ClusterPorts>) : {}
  const apiserver = wanted ?? kept.apiserver
  if (apiserver !== undefined) await awaitFree(apiserver)
  const ports: Partial<Record<PortName, number>> = {}
  for (const name of NAMES) {
    const taken = new Set(Object.values(ports))
    ports[name] =
      name === 'apiserver' && apiserver !== undefined ? apiserver : await portFor(kept[name], taken)
  }
  await writeFile(file, JSON.stringify(ports))
  return ports as ClusterPorts
}

/** The former port when it can be had again, otherwise a new one. */
async function portFor(former: number | undefined, taken: ReadonlySet<number>): Promise<number> {
  if (former !== undefined && !taken.has(former) && (await isFree(former))) return former
  return freePort(taken)
}

/** A former API server may need a moment to be gone. */
async function awaitFree(port: number): Promise<void> {
  const end = Date.now() + LEAVING_MS
  while (!(await isFree(port))) {
    if (Date.now() > end) {
      throw new Error(
        `Cannot start the cluster: port ${port}, which its kubeconfigs name, is used by another program. End that program (\`lsof -i :${port}\` names it), or start the cluster in a new folder.`,
      )
    }
    await sleep(50)
  }
}

/** Below 32768, so that no outgoing connection of this machine can be given it between now and its use. */
async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new Error(
    'Cannot start the cluster: 200 random ports from 20000 to 32000 were all in use on 127.0.0.1.',
  )
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address() as AddressInfo
      server.close(() => resolve(address.port === port))
    })
  })
}
