/**
 * The form under which repository URLs are compared (contract 2.7.6): trimmed, lower case, `git@h:p` and
 * `ssh://git@h/p` alike, without `.git`, without slashes at the end. Normalising twice changes nothing; for that,
 * digits after `git@h:` count as a port.
 */
export function normalizeRepositoryUrl(url: string): string {
  let text = url.toLowerCase()
  for (let before = ''; before !== text;) {
    before = text
    text = withoutTrailing(text.trim(), '/')
    if (text.endsWith('.git')) text = text.slice(0, -'.git'.length)
    if (text.startsWith('ssh://')) text = text.slice('ssh://'.length)
    else if (isScpForm(text)) text = text.replace(':', '/')
  }
  return text
}

/**
 * Does a repository URL of ours name the repository that a webhook speaks of? Scheme (http, https, ssh or none), user,
 * port, `.git`, case and the hosts `ssh.`/`altssh.` of the same site make no difference (contract 2.7.6).
 */
export function sameRepository(webhookUrl: string, url: string): boolean {
  const wanted = addressOf(webhookUrl)
  const found = addressOf(url)
  if (wanted === undefined || found === undefined) return false
  const hosts = [wanted.host, `ssh.${wanted.host}`, `altssh.${wanted.host}`]
  return hosts.includes(found.host) && wanted.paths.some((path) => found.paths.includes(path))
}

interface Address {
  readonly host: string
  /** Two when the digits after the host can be a port or the first folder. */
  readonly paths: readonly string[]
}

/** `user@host:path` without a scheme; `user@host:22/path` is what `ssh://` leaves. */
function isScpForm(text: string): boolean {
  const at = text.indexOf('@')
  const colon = text.indexOf(':')
  if (text.includes('://') || at < 0 || colon < at || text.slice(0, colon).includes('/')) return false
  return withoutPort(text.slice(colon + 1)) === text.slice(colon + 1)
}

function addressOf(url: string): Address | undefined {
  const text = url.trim().toLowerCase()
  const scheme = ['https://', 'http://', 'ssh://'].find((start) => text.startsWith(start)) ?? ''
  const rest = text.slice(scheme.length)
  if (scheme === '' && rest.includes('://')) return undefined
  const afterUser = withoutUser(rest)
  const end = firstOf(afterUser, [':', '/'])
  if (end <= 0) return undefined
  const path = afterUser.slice(end + 1)
  const paths = afterUser[end] === ':' ? [path, withoutPort(path)] : [path]
  return { host: afterUser.slice(0, end), paths: paths.map(bare).filter((candidate) => candidate !== '') }
}

/** A user (with password) ends at the last `@` before the path. */
function withoutUser(text: string): string {
  const slash = text.indexOf('/')
  const at = text.slice(0, slash < 0 ? text.length : slash).lastIndexOf('@')
  return text.slice(at + 1)
}

function firstOf(text: string, marks: readonly string[]): number {
  for (let at = 0; at < text.length; at += 1) if (marks.includes(text[at] ?? '')) return at
  return -1
}

function withoutPort(path: string): string {
  const end = firstOf(path, [':', '/'])
  return end > 0 && /^\d+$/.test(path.slice(0, end)) ? path.slice(end + 1) : path
}

function bare(path: string): string {
  const text = withoutTrailing(path.startsWith('/') ? path.slice(1) : path, '/')
  return text.endsWith('.git') ? text.slice(0, -'.git'.length) : text
}

function withoutTrailing(text: string, mark: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === mark) end -= 1
  return text.slice(0, end)
}
