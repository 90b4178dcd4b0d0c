/** One field that differs. `desired` or `live` is absent when that side does not have the field. */
export interface Difference {
  /** JSON pointer (RFC 6901) into the declared object, into the live one where only that has the field. */
  readonly path: string
  readonly desired?: unknown
  readonly live?: unknown
}

/** A step of a path, already split; list indexes as text. */
export type Path = readonly string[]

/** JSON pointer of a path. */
export function pointerOf(path: Path): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The inverse of pointerOf; undefined for a text that is no JSON pointer. `''` is the whole object. */
export function parsePointer(pointer: string): Path | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) return undefined
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** A difference with only the sides that are there. */
export function difference(path: Path, desired: unknown, live: unknown): Difference {
  return {
    path: pointerOf(path),
    ...(desired === undefined ? {} : { desired }),
    ...(live === undefined ? {} : { live }),
  }
}
