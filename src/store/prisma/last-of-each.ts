/** The last item of each key: one statement must not write a row twice, and the later word counts. */
export function lastOfEach<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const byKey = new Map(items.map((item) => [keyOf(item), item]))
  return byKey.size === items.length ? items : [...byKey.values()]
}
