import type { Screen } from './output/live-block.js'

/** The world as the CLI sees it; tests bring their own. Results go to `out`, everything else to `err`. */
export interface CliIo {
  out(text: string): void
  err(text: string): void
  readonly env: Readonly<Record<string, string | undefined>>
  /** May it ask? Only when somebody sits there. */
  readonly interactive: boolean
  /** A terminal whose last lines can be written anew; absent when output goes elsewhere, or with TERM=dumb. */
  readonly screen?: Screen
  /** All of standard input. */
  stdin(): Promise<string>
  /** Asks one line; `hidden` does not echo it. */
  ask(question: string, hidden: boolean): Promise<string>
  /** Waits between two looks. */
  sleep(milliseconds: number): Promise<void>
  /** Milliseconds, only for differences. */
  monotonic(): number
}
