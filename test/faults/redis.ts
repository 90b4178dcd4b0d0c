import { RedisServer, whyNoRedisServer } from '../support/redis-server.js'
import { TcpProxy } from './tcp-proxy.js'

/** A Redis of this world, before which a link can fail. */
export interface FaultyRedis {
  readonly server: RedisServer
  readonly link: TcpProxy
  /** As the product reaches it. */
  readonly url: string
  stop(): Promise<void>
}

/** Why there is none here; undefined when there is. */
export const whyNoRedis = whyNoRedisServer

export async function startFaultyRedis(): Promise<FaultyRedis> {
  const server = await RedisServer.start()
  const { hostname, port } = new URL(server.url)
  const link = await TcpProxy.start({ host: hostname, port: Number(port) })
  const stop = async (): Promise<void> => {
    await link.close()
    await server.stop()
  }
  return { server, link, url: `redis://127.0.0.1:${link.port}`, stop }
}
