import { homedir } from 'node:os'
import { join } from 'node:path'

/** The user's cache folder for everything that is costly to make again. Not created here. */
export function cacheFolder(): string {
  const named = process.env['XDG_CACHE_HOME']
  if (named !== undefined && named !== '') return join(named, 'lockstep')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'lockstep')
  return join(homedir(), '.cache', 'lockstep')
}
