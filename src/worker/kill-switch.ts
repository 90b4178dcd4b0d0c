import type { ClusterStore, SettingStore } from '../store/directory-stores.js'
import { WRITES_PAUSED } from '../store/records.js'

export interface KillSwitchDeps {
  readonly clusters: Pick<ClusterStore, 'list'>
  readonly settings: Pick<SettingStore, 'get'>
}

/**
 * Stops all writes to clusters, to one or to all, until a person permits them again. It is read with each look at the clusters, so it
 * takes effect within the interval of renewals, or at once where somebody was told to look.
 */
export class KillSwitch {
  readonly #deps: KillSwitchDeps
  #all = false
  #paused: ReadonlySet<string> = new Set()

  constructor(deps: KillSwitchDeps) {
    this.#deps = deps
  }

  /** Reads the switch; answers every cluster there is. Until it was read once, nothing is paused and nothing owned. */
  async clusterIds(): Promise<readonly string[]> {
    const [clusters, all] = await Promise.all([
      this.#deps.clusters.list(),
      this.#deps.settings.get(WRITES_PAUSED),
    ])
    this.#all = all === 'true'
    this.#paused = new Set(clusters.flatMap(({ id, writesPaused }) => (writesPaused === true ? [id] : [])))
    return clusters.map(({ id }) => id)
  }

  /** Why nothing may be written to this cluster; undefined when it may. */
  refuseWrite(clusterId: string): string | undefined {
    if (this.#all) return 'writes to all clusters are paused by an operator.'
    return this.#paused.has(clusterId) ? 'writes to this cluster are paused by an operator.' : undefined
  }
}
