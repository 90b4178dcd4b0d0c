/**
 * Loaded before the product (`node --import`) in fault trials: fills the slot of `src/base/crash-point.ts` and bends
 * the clock, as ordered by files that the killer writes. A product started without it has neither.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'

/** What to make of the moment when a crash point is reached. */
export interface Order {
  readonly point: string
  /** Passes it so many times first. */
  readonly skip: number
  /** `tell` only notes that it was reached. */
  readonly action: 'kill' | 'stop' | 'block' | 'tell'
  /** `kill`: so long after it; `block`: for so long. */
  readonly ms?: number
}

const CLOCK_EVERY_MS = 20
const COMPILED_AFTER_MS = 3000

const orders = process.env['LOCKSTEP_FAULT_ORDERS']
if (orders !== undefined) {
  const passed = new Map<string, number>()
  const slot = globalThis as { [key: symbol]: (name: string) => void }
  slot[Symbol.for('lockstep.crash-point')] = (name) => reached(orders, name, passed)
  bendClock(`${orders}.clock`)
  // Who is killed never writes down at its end what it compiled: the next start of a trial is to be spared that.
  setTimeout(flushCompileCache, COMPILED_AFTER_MS).unref()
}

function reached(file: string, name: string, passed: Map<string, number>): void {
  const order = read<Order & { readonly id: string }>(file)
  if (order?.point !== name) return
  const times = passed.get(order.id) ?? 0
  passed.set(order.id, times + 1)
  if (times < order.skip) return
  rmSync(file, { force: true })
  writeFileSync(`${file}.part`, JSON.stringify({ id: order.id, point: name, pid: process.pid }))
  renameSync(`${file}.part`, `${file}.done`)
  obey(order)
}

function obey({ action, ms = 0 }: Order): void {
  if (action === 'stop') process.kill(process.pid, 'SIGSTOP')
  else if (action === 'kill' && ms === 0) process.kill(process.pid, 'SIGKILL')
  else if (action === 'kill') setTimeout(() => process.kill(process.pid, 'SIGKILL'), ms)
  else if (action === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** The wall clock only: the monotonic one never jumps. */
function bendClock(file: string): void {
  const RealDate = Date
  let clock: { readonly offsetMs?: number; readonly frozenAt?: number } = {}
  const now = (): number => clock.frozenAt ?? RealDate.now() + (clock.offsetMs ?? 0)
  class BentDate extends RealDate {
    constructor(...parts: readonly unknown[]) {
      super(...((parts.length === 0 ? [now()] : parts) as [number]))
    }
    static override now(): number {
      return now()
    }
  }
  globalThis.Date = BentDate as DateConstructor
  setInterval(() => (clock = read(file) ?? {}), CLOCK_EVERY_MS).unref()
}

function read<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}
