/** Which part of a list is wanted. */
export interface PageWish {
  readonly first: number
  /** The key of the last row that was seen; absent = from the beginning. */
  readonly after?: string
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly hasNextPage: boolean
}

/**
 * A page of rows that are sorted by their keys: those behind `after`, whether or not that one still exists, so that
 * what comes and goes meanwhile neither doubles nor skips another row.
 */
export function keysetPage<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  { first, after }: PageWish,
): Page<Row> {
  const rest = after === undefined ? rows : rows.filter((row) => keyOf(row) > after)
  return { rows: rest.slice(0, first), hasNextPage: rest.length > first }
}
