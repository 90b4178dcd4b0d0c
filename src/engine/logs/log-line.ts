/** One line that a container wrote. */
export interface LogLine {
  readonly pod: string
  readonly container: string
  /** RFC 3339 as the node wrote it, up to nanoseconds; `''` when the line has none. */
  readonly time: string
  readonly text: string
}

const TIMED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s

/** Takes the time off that a node puts before each line. */
export function toLogLine(pod: string, container: string, line: string): LogLine {
  const [, time = '', text = line] = TIMED.exec(line) ?? []
  return { pod, container, time, text }
}
