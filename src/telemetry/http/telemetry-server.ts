import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError, reasonOf } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'
import type { Readiness } from '../health.js'
import type { Metrics } from '../metrics.js'

export interface TelemetryServerOptions {
  readonly host: string
  /** 0 = a free one. */
  readonly port: number
  readonly metrics: Metrics
  readonly readiness: Readiness
  readonly logger: Logger
}

export interface TelemetryServer {
  readonly url: string
  close(): Promise<void>
}

interface Reply {
  readonly status: number
  readonly text: string
  readonly contentType?: string
}

/**
 * `/livez`, `/readyz` (and `/healthz`), `/metrics` on a port of their own, for every role: they are not for those who
 * use the API. Rejects with CONFLICT when the port is taken.
 */
export async function startTelemetryServer(options: TelemetryServerOptions): Promise<TelemetryServer> {
  const server = createServer((request, response) => {
    answer(request, options).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        options.logger.error('telemetry could not be answered', { reason: reasonOf(error) })
        send(response, { status: 500, text: 'failed\n' })
      },
    )
  })
  server.requestTimeout = 10_000
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { url: `http://${options.host}:${port}`, close }
}

function listen(server: ReturnType<typeof createServer>, { host, port }: TelemetryServerOptions) {
  return new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(notListening(error, host, port)))
    server.listen(port, host, resolve)
  })
}

function notListening(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error
  const message = `Port ${port} on ${host} is taken by another program. Choose another one with telemetry.port (LOCKSTEP__TELEMETRY__PORT).`
  return new AppError('CONFLICT', message)
}

async function answer({ method, url }: IncomingMessage, options: TelemetryServerOptions): Promise<Reply> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET\n' }
  const [path] = (url ?? '').split('?', 1)
  if (path === '/livez') return { status: 200, text: 'ok\n' }
  if (path === '/readyz' || path === '/healthz') {
    const reason = await options.readiness.notReady()
    return { status: reason === undefined ? 200 : 503, text: `${reason ?? 'ok'}\n` }
  }
  if (path !== '/metrics') return { status: 404, text: 'not found\n' }
  const { contentType, text } = await options.metrics.page()
  return { status: 200, text, contentType }
}

function send(response: ServerResponse, { status, text, contentType = 'text/plain' }: Reply): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text)
}
