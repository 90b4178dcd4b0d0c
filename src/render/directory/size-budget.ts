/** Aliases let a small file stand for gigabytes: what counts is the size when everything is written out. */
const MAX_VALUES = 2_000_000
const MAX_CHARACTERS = 64 * 1024 * 1024
const MAX_DEPTH = 200

/** What one render may grow to, and which values JSON and Kubernetes can carry. */
export class SizeBudget {
  private values = MAX_VALUES
  private characters = MAX_CHARACTERS

  /** Why the value cannot be taken, undefined when it can. */
  spend(value: unknown): string | undefined {
    return this.visit(value, 0)
  }

  private visit(value: unknown, depth: number): string | undefined {
    this.values -= 1
    if (typeof value === 'string') this.characters -= value.length
    if (this.values < 0 || this.characters < 0)
      return 'the content is too large once its aliases are written out'
    if (typeof value === 'number') return faultOfNumber(value)
    if (typeof value !== 'object' || value === null) return undefined
    if (depth > MAX_DEPTH) return 'the content is nested too deeply'
    return Array.isArray(value) ? this.visitList(value, depth + 1) : this.visitMap(value, depth + 1)
  }

  private visitList(list: readonly unknown[], depth: number): string | undefined {
    for (const item of list) {
      const fault = this.visit(item, depth)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  private visitMap(map: object, depth: number): string | undefined {
    for (const [key, item] of Object.entries(map)) {
      if (key === '__proto__') return 'a field must not be named "__proto__"'
      this.characters -= key.length
      const fault = this.visit(item, depth)
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

function faultOfNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'a number is infinite or not a number, which JSON cannot carry'
  // Silently changing the last digits would be worse than refusing.
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? 'a whole number is beyond ±2^53 and would lose digits: put it in quotes if the field is a text'
    : undefined
}
