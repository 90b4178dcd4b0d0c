/** Where a key waits: groups take turns, and within a group its subgroups do. */
export interface Lane {
  readonly group: string
  readonly subgroup: string
}

/**
 * Keys that wait for their turn. Groups (clusters) take turns, and the subgroups (projects) of a group take the turns of
 * their group: before a key that came alone, no other group is served twice, however many keys it has.
 */
export class FairLine {
  /** Map and Set keep the order of arrival: the first group, subgroup and key are the next to be served. */
  readonly #groups = new Map<string, Map<string, Set<string>>>()
  readonly #lanes = new Map<string, Lane>()

  get size(): number {
    return this.#lanes.size
  }

  has(key: string): boolean {
    return this.#lanes.has(key)
  }

  /** A key that waits keeps its place. */
  add(key: string, lane: Lane): void {
    if (this.#lanes.has(key)) return
    const subgroups = this.#groups.get(lane.group) ?? new Map<string, Set<string>>()
    const keys = subgroups.get(lane.subgroup) ?? new Set<string>()
    keys.add(key)
    subgroups.set(lane.subgroup, keys)
    this.#groups.set(lane.group, subgroups)
    this.#lanes.set(key, lane)
  }

  /** The next key of the first group that may be served now; its group and subgroup go to the end of the line. */
  take(mayServe: (group: string) => boolean): { readonly key: string; readonly lane: Lane } | undefined {
    for (const [group, subgroups] of this.#groups) {
      if (!mayServe(group)) continue
      const key = takeFirst(subgroups)
      this.#groups.delete(group)
      if (subgroups.size > 0) this.#groups.set(group, subgroups)
      const lane = key === undefined ? undefined : this.#lanes.get(key)
      if (key === undefined || lane === undefined) continue
      this.#lanes.delete(key)
      return { key, lane }
    }
    return undefined
  }

  clear(): void {
    this.#groups.clear()
    this.#lanes.clear()
  }
}

/** The first key of the first subgroup, which goes to the end. */
function takeFirst(subgroups: Map<string, Set<string>>): string | undefined {
  for (const [subgroup, keys] of subgroups) {
    for (const key of keys) {
      keys.delete(key)
      subgroups.delete(subgroup)
      if (keys.size > 0) subgroups.set(subgroup, keys)
      return key
    }
  }
  return undefined
}
