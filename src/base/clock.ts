/** Time, passed in wherever it is needed so that tests own it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number
  /** Monotonic milliseconds; only differences mean something. */
  monotonic(): number
}

/** Makes ids: 26 characters or a UUID, unique, safe in a URL. */
export type NewId = () => string
