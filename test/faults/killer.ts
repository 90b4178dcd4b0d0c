import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Order } from './crash-hook.js'

/** Tells the crash hook inside the product what to make of which point, and learns that it came to pass. */
export class Killer {
  readonly #file: string
  #armed: string | undefined

  constructor(file: string) {
    this.#file = file
  }

  /** One order at a time; it is obeyed once. */
  arm(order: Order): void {
    this.disarm()
    this.#armed = randomUUID()
    write(this.#file, { ...order, id: this.#armed })
  }

  disarm(): void {
    rmSync(this.#file, { force: true })
    rmSync(`${this.#file}.done`, { force: true })
    this.#armed = undefined
  }

  /** Resolves with the pid of the product that came to the point, or with undefined after `patienceMs`. */
  async reached(patienceMs = 20_000): Promise<number | undefined> {
    const end = performance.now() + patienceMs
    while (performance.now() < end) {
      const done = read(`${this.#file}.done`)
      if (done?.id === this.#armed) return done?.pid
      await sleep(2)
    }
    return undefined
  }

  /** The product's wall clock from now on; without arguments the true one. */
  async setClock(clock?: { readonly offsetMs?: number; readonly frozenAt?: number }): Promise<void> {
    if (clock === undefined) rmSync(`${this.#file}.clock`, { force: true })
    else write(`${this.#file}.clock`, clock)
    await sleep(60)
  }
}

function write(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(content))
  renameSync(`${file}.new`, file)
}

function read(file: string): { readonly id: string; readonly pid: number } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { readonly id: string; readonly pid: number }
  } catch {
    return undefined
  }
}
