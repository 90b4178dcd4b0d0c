/**
 * Does the live value hold everything that is declared? Fields the server added do not count; lists of one item per
 * declared item are compared by position, as the generator writes them.
 */
export function holds(live: unknown, declared: unknown): boolean {
  if (Array.isArray(declared)) {
    return (
      Array.isArray(live) &&
      live.length === declared.length &&
      declared.every((item, index) => holds(live[index], item))
    )
  }
  if (isMap(declared)) {
    return isMap(live) && Object.keys(declared).every((key) => holds(live[key], declared[key]))
  }
  return live === declared
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
