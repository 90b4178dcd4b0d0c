import { AppError } from '../../base/app-error.js'
import { explainedWords } from './explained-words.js'
import { basicAuthorization } from './git-environment.js'
import type { RemoteAddress } from './remote-address.js'
import { GitFailure } from './run-git.js'

const MAX_WORDS = 600

/**
 * Says what failed, on which repository, why, what to check, and Git's own words without secrets.
 * `action` completes "Cannot …".
 */
export function gitError(error: unknown, action: string, remote: RemoteAddress): AppError {
  if (error instanceof AppError) return error
  const what = `Cannot ${action} repository "${remote.url}"`
  if (!(error instanceof GitFailure))
    return new AppError('INTERNAL', `${what}: unexpected failure`, { cause: error })
  if (error.timedOut) {
    return new AppError('TIMEOUT', `${what}: Git did not finish in time`, {
      retry: 'backoff',
      stage: 'SERVER',
    })
  }
  if (isDiskFull(error.words)) {
    const advice = 'the disk that holds the Git mirrors is full; free space or enlarge the volume'
    return new AppError('INTERNAL', `${what}: ${advice}`, { retry: { afterSeconds: 60 } })
  }
  const words = readableWords(masked(error.words, remote))
  const { text, stage } = explainedWords(words, remote)
  return new AppError('UPSTREAM_GIT', `${what}: ${text}`, { retry: 'backoff', stage })
}

/** Every form in which a secret could come back from Git or from the remote. */
export function masked(text: string, remote: RemoteAddress): string {
  const authorization = basicAuthorization(remote)
  const secrets = [remote.password, remote.password && encodeURIComponent(remote.password)]
  if (authorization !== undefined) secrets.push(authorization.slice('Basic '.length))
  let result = text.replaceAll(/\/\/[^/@\s]+@/g, '//***@')
  for (const secret of secrets) if (secret) result = result.replaceAll(secret, '***')
  return result
}

export function isDiskFull(words: string): boolean {
  return /No space left on device|Disk quota exceeded/.test(words)
}

/** A lock file that a killed Git left behind: nobody else writes this mirror. */
export function isStaleLock(words: string): boolean {
  return /\.lock': File exists|Another git process seems to be running/.test(words)
}

/** The mirror itself is damaged; the remote is not to blame. */
export function isCorruptMirror(words: string): boolean {
  const ours = words.replaceAll(/^remote:.*$/gm, '')
  return CORRUPT.some((pattern) => pattern.test(ours))
}

const CORRUPT = [
  /not a git repository/i,
  /object file .* is empty/,
  /(loose|packed) object .* (is corrupt|\(stored in)/,
  /bad (object|tree|config line|signature|index)/i,
  /(pack|index) ?file .*(corrupt|does not match|too small|is far too short)/i,
  /missing (blob|tree|commit|object)/,
  /unable to (read|parse|find) (tree|object|sha1 file)/i,
  /did not send all necessary objects/,
  /unresolved deltas/,
  /reference broken|unable to resolve reference/i,
  /inflate: /,
]

/** Git's lines that carry meaning, as one printable line. */
function readableWords(words: string): string {
  const lines = words.split('\n').map((line) => line.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim())
  const telling = lines.filter((line) => /^(fatal|error|remote):/.test(line))
  const text = (telling.length > 0 ? telling : lines.filter((line) => line !== '')).join('; ')
  return text === '' ? 'Git gave no reason' : text.slice(0, MAX_WORDS)
}
