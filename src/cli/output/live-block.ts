import { cut } from './table.js'

/** A terminal that shows what is written to it at once. */
export interface Screen {
  columns(): number
  rows(): number
  write(text: string): void
}

const CLEAR_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/**
 * The last lines of a terminal, written anew with each change: no scrolling, no flicker. The cursor stays visible
 * behind them, so whoever ends the command at any moment finds the terminal as it was.
 */
export class LiveBlock {
  readonly #screen: Screen
  #lines: readonly string[] = []

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Shows the text in place of the one before; what does not fit on the screen is counted. */
  show(text: string): void {
    const lines = this.#fitted(text.replace(/\n$/, '').split('\n'))
    if (lines.join('\n') === this.#lines.join('\n')) return
    this.#screen.write(this.#start() + lines.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW)
    this.#lines = lines
  }

  /** Takes the block away. */
  clear(): void {
    if (this.#lines.length > 0) this.#screen.write(this.#start() + CLEAR_BELOW)
    this.#lines = []
  }

  #start(): string {
    return this.#lines.length === 0 ? '' : `\u001b[${this.#lines.length}A\r`
  }

  /** A line that wraps, or a block that scrolls, could not be found again. */
  #fitted(lines: readonly string[]): readonly string[] {
    const room = Math.max(2, this.#screen.rows() - 1)
    const shown = lines.length <= room ? lines : lines.slice(0, room - 1)
    const rest = lines.length - shown.length
    const all = rest === 0 ? shown : [...shown, `… and ${rest} more`]
    return all.map((line) => cut(line, this.#screen.columns() - 1))
  }
}
