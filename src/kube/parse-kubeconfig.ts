import { load } from 'js-yaml'
import { AppError, reasonOf } from '../base/app-error.js'
import type { ClusterConnection } from './cluster-connector.js'

/** A connection, and the context it was taken from. */
export type KubeconfigConnection = ClusterConnection & { readonly contextName: string }

type Fields = Readonly<Record<string, unknown>>

const FLATTEN =
  'Run `kubectl config view --raw --flatten --minify` and use its output, which holds everything inline.'

/** What may not be in a kubeconfig: it would run a program, read a file or reroute traffic on our side. */
const REFUSED_OF_CLUSTER: Readonly<Record<string, string>> = {
  'certificate-authority': `names a file, and files are not read here. ${FLATTEN}`,
  'proxy-url': 'asks for a proxy, and proxies are not used. Remove it and give an address that is reachable.',
}
const REFUSED_OF_USER: Readonly<Record<string, string>> = {
  exec: 'would run a program, and programs are not run here. Use the token of a ServiceAccount instead, as `kubectl create token NAME --duration=8760h` prints it.',
  'auth-provider':
    'is no longer supported by Kubernetes either. Use the token of a ServiceAccount instead, as `kubectl create token NAME --duration=8760h` prints it.',
  'client-certificate': `names a file, and files are not read here. ${FLATTEN}`,
  'client-key': `names a file, and files are not read here. ${FLATTEN}`,
  tokenFile: 'names a file, and files are not read here. Write the token itself into `token`.',
}

/**
 * Reads a kubeconfig (YAML or JSON) into a connection: the named context, else `current-context`, else the only one.
 * Only inline credentials are taken; everything that names a file, a program or a proxy is refused by name.
 * Throws BAD_USER_INPUT with what to change; no value of the file is ever part of a message.
 */
export function parseKubeconfig(text: string, context?: string): KubeconfigConnection {
  const config = readYaml(text)
  const contextName = chooseContext(config, context)
  const chosen = namedEntry(config, 'context', contextName)
  const clusterName = textField(chosen, 'cluster', `Context "${contextName}"`)
  if (clusterName === undefined)
    throw bad(`Context "${contextName}" names no cluster. Add \`cluster: NAME\` to it.`)
  const userName = textField(chosen, 'user', `Context "${contextName}"`)
  const cluster = namedEntry(config, 'cluster', clusterName)
  const user = userName === undefined ? {} : namedEntry(config, 'user', userName)
  refuse(cluster, REFUSED_OF_CLUSTER, `cluster "${clusterName}"`)
  refuse(user, REFUSED_OF_USER, `user "${userName ?? ''}"`)
  const connection = { ...readCluster(cluster, clusterName), ...readUser(user, userName ?? '') }
  refusePlainCredentials(connection)
  return { contextName, ...connection }
}

function bad(message: string): AppError {
  return new AppError('BAD_USER_INPUT', message)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readYaml(text: string): Fields {
  let parsed: unknown
  try {
    parsed = load(text)
  } catch (error) {
    // Only the first line: the rest of a YAML error quotes the file, and the file holds credentials.
    const where = /\((\d+):(\d+)\)/.exec(reasonOf(error))
    throw bad(`The kubeconfig is not valid YAML${where ? ` (line ${where[1]}, column ${where[2]})` : ''}.`)
  }
  if (!isFields(parsed) || (parsed['kind'] !== undefined && parsed['kind'] !== 'Config'))
    throw bad('This is not a kubeconfig: a mapping with `clusters`, `users` and `contexts` is expected.')
  return parsed
}

function namesOf(config: Fields, noun: string): string[] {
  const entries = config[`${noun}s`]
  if (!Array.isArray(entries)) return []
  return entries.flatMap((entry: unknown) =>
    isFields(entry) && typeof entry['name'] === 'string' ? [entry['name']] : [],
  )
}

function chooseContext(config: Fields, wanted: string | undefined): string {
  const names = namesOf(config, 'context')
  if (names.length === 0) {
    throw bad(
      'The kubeconfig has no contexts, so it names no cluster. Is it the right file? `kubectl config get-contexts` lists those of yours; `kubectl config view --raw --flatten --minify` prints one that is complete.',
    )
  }
  const current = config['current-context']
  const chosen = wanted ?? (typeof current === 'string' && current !== '' ? current : undefined)
  if (chosen === undefined && names.length === 1 && names[0] !== undefined) return names[0]
  if (chosen === undefined)
    throw bad(`The kubeconfig has no current-context. Name one of its contexts: ${names.join(', ')}.`)
  if (!names.includes(chosen))
    throw bad(`The kubeconfig has no context "${chosen}". Name one of its contexts: ${names.join(', ')}.`)
  return chosen
}

function namedEntry(config: Fields, noun: string, name: string): Fields {
  const entries = config[`${noun}s`]
  const found = (Array.isArray(entries) ? entries : []).find(
    (entry: unknown): entry is Fields => isFields(entry) && entry['name'] === name,
  )
  if (found === undefined) throw bad(`The kubeconfig has no ${noun} "${name}", but its context refers to it.`)
  const body = found[noun]
  if (!isFields(body)) throw bad(`The ${noun} "${name}" of the kubeconfig is empty.`)
  return body
}

function refuse(fields: Fields, refused: Readonly<Record<string, string>>, where: string): void {
  for (const [name, why] of Object.entries(refused))
    if (fields[name] !== undefined && fields[name] !== '' && fields[name] !== null)
      throw bad(`\`${name}\` of ${where} in the kubeconfig ${why}`)
}

function textField(fields: Fields, name: string, where: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw bad(`${where} of the kubeconfig: \`${name}\` must be text.`)
  return value
}

function pemField(fields: Fields, name: string, where: string): string | undefined {
  const encoded = textField(fields, name, where)
  if (encoded === undefined) return undefined
  const pem = Buffer.from(encoded, 'base64').toString('utf8')
  if (!pem.includes('-----BEGIN '))
    throw bad(`${where} of the kubeconfig: \`${name}\` is not a PEM block in base64.`)
  return pem
}

function readCluster(cluster: Fields, name: string): ClusterConnection {
  const where = `Cluster "${name}"`
  const server = textField(cluster, 'server', where)
  if (server === undefined) throw bad(`${where} of the kubeconfig has no \`server\`.`)
  const caPem = pemField(cluster, 'certificate-authority-data', where)
  const serverName = textField(cluster, 'tls-server-name', where)
  const insecure = cluster['insecure-skip-tls-verify'] === true
  if (insecure && caPem !== undefined)
    throw bad(`${where} of the kubeconfig has both a certificate authority and \`insecure-skip-tls-verify\`.`)
  return {
    server: checkServer(server, where),
    ...(caPem === undefined ? {} : { caPem }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(insecure ? { insecureSkipTlsVerify: true } : {}),
  }
}

function checkServer(server: string, where: string): string {
  const url = URL.parse(server)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw bad(`${where} of the kubeconfig: \`server\` must be an https:// address.`)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw bad(`${where} of the kubeconfig: \`server\` may hold neither credentials, query nor fragment.`)
  return server.replace(/\/+$/, '')
}

function readUser(user: Fields, name: string): Omit<ClusterConnection, 'server'> {
  const where = `User "${name}"`
  const bearerToken = textField(user, 'token', where)
  const clientCertPem = pemField(user, 'client-certificate-data', where)
  const clientKeyPem = pemField(user, 'client-key-data', where)
  if ((clientCertPem === undefined) !== (clientKeyPem === undefined))
    throw bad(`${where} of the kubeconfig needs both \`client-certificate-data\` and \`client-key-data\`.`)
  const username = textField(user, 'username', where)
  const password = textField(user, 'password', where)
  const impersonate = readImpersonation(user, where)
  return {
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(clientCertPem === undefined ? {} : { clientCertPem }),
    ...(clientKeyPem === undefined ? {} : { clientKeyPem }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(impersonate === undefined ? {} : { impersonate }),
  }
}

function readImpersonation(user: Fields, where: string): ClusterConnection['impersonate'] {
  for (const name of ['as-uid', 'as-user-extra'])
    if (user[name] !== undefined)
      throw bad(`${where} of the kubeconfig: \`${name}\` is not supported. Remove it.`)
  const asUser = textField(user, 'as', where)
  const groups = user['as-groups']
  if (asUser === undefined && groups !== undefined)
    throw bad(`${where} of the kubeconfig has \`as-groups\` without \`as\`.`)
  if (asUser === undefined) return undefined
  if (groups === undefined || groups === null) return { user: asUser }
  if (!Array.isArray(groups) || !groups.every((group) => typeof group === 'string'))
    throw bad(`${where} of the kubeconfig: \`as-groups\` must be a list of texts.`)
  return { user: asUser, groups }
}

function refusePlainCredentials(connection: ClusterConnection): void {
  const { protocol, hostname } = new URL(connection.server)
  const loopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  const secret = connection.bearerToken ?? connection.password
  if (protocol === 'http:' && secret !== undefined && !loopback)
    throw bad('The kubeconfig would send credentials over plain http. Use an https:// address.')
}
