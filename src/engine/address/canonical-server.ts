const SERVER = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/i
const DEFAULT_PORTS: Readonly<Record<string, string>> = { https: ':443', http: ':80' }

/**
 * One spelling of the URL of a cluster: scheme and host in lower case, without the default port and without a trailing
 * slash. Two spellings of one address are one cluster, for destinations and for what projects permit and deny. Also
 * for globs of such URLs, whose wildcards stay.
 */
export function canonicalServer(server: string): string {
  const trimmed = server.trim()
  const parts = SERVER.exec(trimmed)
  if (parts === null) return trimmed
  const [, written = '', host = '', path = ''] = parts
  const scheme = written.toLowerCase()
  const port = DEFAULT_PORTS[scheme]
  const place = host.toLowerCase()
  const short = port !== undefined && place.endsWith(port) ? place.slice(0, -port.length) : place
  return `${scheme}://${short}${path.replace(/\/+$/, '')}`
}
