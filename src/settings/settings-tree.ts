/** Settings before they are checked. */
export interface SettingsTree {
  [key: string]: unknown
}

export function isTree(value: unknown): value is SettingsTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `over` wins; a section without content (`github:` with comments only) changes nothing. */
export function merge(base: SettingsTree, over: SettingsTree): SettingsTree {
  const merged: SettingsTree = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    if (value === null && (isTree(below) || below === undefined)) merged[key] = below ?? {}
    else merged[key] = isTree(value) ? merge(isTree(below) ? below : {}, value) : value
  }
  return merged
}

/** A tree with one value at a path. */
export function treeOf(path: readonly string[], value: unknown): SettingsTree {
  const [head = '', ...rest] = path
  return { [head]: rest.length === 0 ? value : treeOf(rest, value) }
}

/** The known name nearest to a mistyped one, when it is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, name.length / 3) ? best.candidate : undefined
}

/** Levenshtein's distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
