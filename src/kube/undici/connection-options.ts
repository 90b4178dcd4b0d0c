import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import type { ClusterConnection } from '../cluster-connector.js'
import { guardedLookup, refuseAddress, RefusedAddress, type PrivateAddresses } from './permitted-address.js'

const CONNECT_TIMEOUT_MS = 5000

/** Where requests go: undici wants the origin and the path apart; a path prefix is usual behind Rancher. */
export interface Endpoint {
  readonly origin: string
  readonly prefix: string
}

export function endpointOf(connection: ClusterConnection): Endpoint {
  const url = new URL(connection.server)
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') }
}

/** Opens sockets with the connection's TLS identity; judges the resolved address before anything is sent. */
export function connectorOf(
  connection: ClusterConnection,
  privateAddresses: PrivateAddresses,
): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelay: 15_000,
    lookup: guardedLookup(privateAddresses),
    rejectUnauthorized: connection.insecureSkipTlsVerify !== true,
    ...(connection.caPem === undefined ? {} : { ca: connection.caPem }),
    ...(connection.serverName === undefined ? {} : { servername: connection.serverName }),
    ...(connection.clientCertPem === undefined ? {} : { cert: connection.clientCertPem }),
    ...(connection.clientKeyPem === undefined ? {} : { key: connection.clientKeyPem }),
  })
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    const reason = isIP(host) === 0 ? undefined : refuseAddress(host, privateAddresses)
    if (reason !== undefined) return callback(new RefusedAddress(reason), null)
    return connect(options, callback)
  }
}

/** Headers of every request: who we are, and as whom we act. */
export function headersOf(
  connection: ClusterConnection,
  userAgent: string,
): Readonly<Record<string, string | string[]>> {
  const { bearerToken, username, password, impersonate } = connection
  const basic = username === undefined ? undefined : `${username}:${password ?? ''}`
  return {
    'user-agent': userAgent,
    ...(basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
    ...(impersonate === undefined ? {} : { 'impersonate-user': impersonate.user }),
    ...(impersonate?.groups === undefined ? {} : { 'impersonate-group': [...impersonate.groups] }),
  }
}
