import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ClusterAccess } from './cluster-access.js'
import type { KubeObject } from './cluster-client.js'

const LOG = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/?]+)/

interface WrittenLine {
  readonly time: string
  readonly text: string
}

/** What containers write, as the API server reads it from a node. */
export interface ServedLogs {
  /** A container writes a line now; who follows its log gets it. */
  write(container: ContainerName, text: string): void
  stop(): Promise<void>
}

export interface ContainerName {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/**
 * Answers for the kubelets of all nodes of a cluster when the API server asks for logs: options `follow`, `tailLines`,
 * `sinceTime`, `sinceSeconds` and `timestamps`, as a kubelet knows them. Nodes that come later are not served.
 */
export async function serveLogs(cluster: ClusterAccess): Promise<ServedLogs> {
  const logs = new Logs()
  const read = (file: string): Promise<string> => readFile(join(cluster.dir, file), 'utf8')
  const tls = { key: await read('server.key'), cert: await read('server.crt') }
  const server = createServer(tls, (request, response) => logs.answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await announce(cluster, (server.address() as AddressInfo).port)
  return {
    write: (container, text) => logs.write(container, text),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A node says where its kubelet listens. */
async function announce(cluster: ClusterAccess, port: number): Promise<void> {
  const client = cluster.client()
  const nodes = (await client.expect({ path: '/api/v1/nodes' }))['items'] as readonly KubeObject[]
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  }
  for (const { metadata } of nodes) {
    const path = `/api/v1/nodes/${metadata.name}/status`
    await client.expect({
      method: 'PATCH',
      path,
      body: { status },
      contentType: 'application/merge-patch+json',
    })
  }
}

class Logs {
  private readonly lines = new Map<string, WrittenLine[]>()
  private readonly followers = new Map<string, Set<(line: WrittenLine) => void>>()

  write({ namespace, pod, container }: ContainerName, text: string): void {
    const key = `${namespace}/${pod}/${container}`
    const line = { time: new Date().toISOString(), text }
    this.lines.set(key, [...(this.lines.get(key) ?? []), line])
    for (const tell of this.followers.get(key) ?? []) tell(line)
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const [, namespace, pod, container] = LOG.exec(request.url ?? '') ?? []
    const options = new URL(request.url ?? '', 'https://node').searchParams
    const key = `${namespace}/${pod}/${container}`
    const send = ({ time, text }: WrittenLine): void =>
      void response.write(`${options.get('timestamps') === 'true' ? `${time} ` : ''}${text}\n`)
    response.writeHead(container === undefined ? 404 : 200, { 'content-type': 'text/plain' })
    for (const line of wanted(this.lines.get(key) ?? [], options)) send(line)
    if (options.get('follow') !== 'true') return void response.end()
    response.flushHeaders()
    const followers = this.followers.get(key) ?? new Set()
    this.followers.set(key, followers.add(send))
    response.on('close', () => followers.delete(send))
  }
}

function wanted(lines: readonly WrittenLine[], options: URLSearchParams): readonly WrittenLine[] {
  const seconds = Number(options.get('sinceSeconds') ?? 'NaN')
  // The API server passes a time on without its fraction.
  const since =
    Date.parse(options.get('sinceTime') ?? '') || Date.now() - (seconds > 0 ? seconds * 1000 : Infinity)
  const recent = lines.filter(({ time }) => Date.parse(time) >= since)
  const tail = options.get('tailLines')
  return tail === null ? recent : recent.slice(recent.length - Math.min(recent.length, Number(tail)))
}
