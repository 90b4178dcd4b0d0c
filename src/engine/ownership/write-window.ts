import type { LeaseTimes } from './lease-times.js'

/** One look at both clocks of a process. */
export interface ClockReading {
  /** May be set back or forward. */
  readonly wallMs: number
  /** Never goes back, but may stand still while a machine is suspended. */
  readonly monotonicMs: number
}

/** When an owner may write. Both clocks must agree that the time is not over: each covers what the other cannot see. */
export interface WriteWindow {
  readonly notBeforeMonotonicMs: number
  readonly untilMonotonicMs: number
  readonly untilWallMs: number
}

export interface Acquisition {
  /** Read before the request was sent: the lease cannot have begun earlier. */
  readonly sent: ClockReading
  /** Read after the answer came: the lease cannot have begun later. */
  readonly received: ClockReading
  /** How long the lease of a former owner that never gave it back had been expired; undefined without one. */
  readonly formerExpiredForMs?: number | undefined
}

/** The window of a new owner: it waits until a former one, whatever its clocks say, can have nothing under way. */
export function openWindow(acquisition: Acquisition, times: LeaseTimes): WriteWindow {
  const { sent, received, formerExpiredForMs } = acquisition
  const wait = formerExpiredForMs === undefined ? 0 : Math.max(0, times.graceMs - formerExpiredForMs)
  return { ...until(sent, times), notBeforeMonotonicMs: received.monotonicMs + wait }
}

/** After a renewal that succeeded: counted from when it was *sent*, which is before the database extended the lease. */
export function extendWindow(window: WriteWindow, sent: ClockReading, times: LeaseTimes): WriteWindow {
  const next = until(sent, times)
  return next.untilMonotonicMs > window.untilMonotonicMs ? { ...window, ...next } : window
}

export function mayWrite(window: WriteWindow, now: ClockReading): boolean {
  return (
    now.monotonicMs >= window.notBeforeMonotonicMs &&
    now.monotonicMs < window.untilMonotonicMs &&
    now.wallMs < window.untilWallMs
  )
}

function until(sent: ClockReading, times: LeaseTimes): Pick<WriteWindow, 'untilMonotonicMs' | 'untilWallMs'> {
  return {
    untilMonotonicMs: sent.monotonicMs + times.writeForMs,
    untilWallMs: sent.wallMs + times.writeForMs,
  }
}
