import { pino, type DestinationStream, type Logger as Pino } from 'pino'
import type { LogFields, Logger } from '../../base/logger.js'
import { currentLogContext } from '../log-context.js'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface PinoLoggerOptions {
  /** Default `info`. */
  readonly level?: LogLevel
  /** Default: standard error. */
  readonly destination?: DestinationStream
}

/** A field with such a name never shows its value, at any depth. */
const SECRET_NAME =
  /(password|passwd|passphrase|secret|token|authorization|cookie|credential|api-?_?key|private-?_?key|kubeconfig|connection-?_?string)/i
const MASK = '[redacted]'
const DEPTH = 6

/** One JSON line per entry: `level`, `time` (ISO), `sentence`, and the fields. */
export function createPinoLogger(options: PinoLoggerOptions = {}): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: null,
    messageKey: 'sentence',
    mixin: () => ({ ...currentLogContext() }),
    // Fields of the line itself win over those of its context.
    mixinMergeStrategy: (line: object, context: object) => ({ ...context, ...line }),
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return new PinoLogger(pino(settings, options.destination ?? pino.destination({ dest: 2, sync: true })))
}

class PinoLogger implements Logger {
  readonly #pino: Pino

  constructor(instance: Pino) {
    this.#pino = instance
  }

  debug(sentence: string, fields: LogFields = {}): void {
    if (this.#pino.isLevelEnabled('debug')) this.#pino.debug(redactFields(fields), sentence)
  }

  info(sentence: string, fields: LogFields = {}): void {
    this.#pino.info(redactFields(fields), sentence)
  }

  warn(sentence: string, fields: LogFields = {}): void {
    this.#pino.warn(redactFields(fields), sentence)
  }

  error(sentence: string, fields: LogFields = {}): void {
    this.#pino.error(redactFields(fields), sentence)
  }

  with(fields: LogFields): Logger {
    return new PinoLogger(this.#pino.child(redactFields(fields)))
  }
}

function redactFields(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) ? MASK : redact(value, DEPTH),
    ]),
  )
}

function redact(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutUrlPassword(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '[too deep]'
  if (value instanceof Error) {
    return {
      name: value.name,
      message: withoutUrlPassword(value.message),
      stack: withoutUrlPassword(value.stack ?? ''),
    }
  }
  if (value instanceof Date) return value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map((item) => redact(item, depth - 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET_NAME.test(name) ? MASK : redact(inner, depth - 1),
    ]),
  )
}

/** `https://user:password@host` → `https://user:[redacted]@host`, wherever it stands in a text. */
function withoutUrlPassword(text: string): string {
  return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${MASK}@`)
}
