/** Fields beside a constant sentence. Never a secret, never a whole manifest. */
export type LogFields = Readonly<Record<string, unknown>>

/** `debug` is operational, `info` a state change, `warn` odd but survivable, `error` someone must act. */
export interface Logger {
  debug(sentence: string, fields?: LogFields): void
  info(sentence: string, fields?: LogFields): void
  warn(sentence: string, fields?: LogFields): void
  error(sentence: string, fields?: LogFields): void
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger
}

const nothing = (): void => undefined

/** Discards everything; for tests and pure callers. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  with: () => silentLogger,
}
