const NEWLINE = 10

/** A line of a watch is one object; etcd takes 1.5 MB, so 8 MB is a stream that has gone wrong. */
export const LONGEST_LINE = 8 * 1024 * 1024

export class LineTooLong extends Error {
  constructor() {
    super(`a line of the watch is longer than ${LONGEST_LINE} bytes`)
    this.name = 'LineTooLong'
  }
}

/** Cuts a byte stream at newlines; every byte is looked at once and copied at most once. */
export class LineSplitter {
  private parts: Buffer[] = []
  private size = 0

  /** The lines this chunk completes. Throws LineTooLong. */
  push(chunk: Buffer): string[] {
    const lines: string[] = []
    let start = 0
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      if (end < 0) break
      const line = this.take(chunk.subarray(start, end))
      start = end + 1
      if (line !== '') lines.push(line)
    }
    if (start < chunk.length) this.keep(chunk.subarray(start))
    return lines
  }

  private take(last: Buffer): string {
    if (this.parts.length === 0) return last.toString('utf8')
    this.keep(last)
    const line = Buffer.concat(this.parts).toString('utf8')
    this.parts = []
    this.size = 0
    return line
  }

  private keep(part: Buffer): void {
    this.size += part.length
    if (this.size > LONGEST_LINE) throw new LineTooLong()
    this.parts.push(part)
  }
}
