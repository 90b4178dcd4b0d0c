import { loadSettings } from '../settings/load-settings.js'
import type { Settings } from '../settings/settings.js'

/** The settings of this process: the one place where the environment becomes settings. */
export function environmentSettings(config?: string): Settings {
  // oxlint-disable-next-line node/no-process-env -- nobody else reads it
  return loadSettings(process.env, config)
}
