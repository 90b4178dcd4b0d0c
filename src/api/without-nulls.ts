/** GraphQL says null where the domain says absent. */
export type WithoutNulls<T> = { [K in keyof T]: Exclude<T[K], null> }

/** A copy without the fields that are null or undefined. */
export function withoutNulls<T extends object>(input: T): WithoutNulls<T> {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== null && value !== undefined),
  ) as WithoutNulls<T>
}
