import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout this file belongs to. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Stamps and locks of this checkout; ignored by Git. */
export const stateFolder = join(root, '.lockstep')

/** The user's cache folder for what is costly to fetch again; the same one as `test/cluster/cache-folder.ts`. */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'lockstep')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'lockstep')
  return join(homedir(), '.cache', 'lockstep')
}
