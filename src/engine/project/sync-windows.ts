import { isoTime, readSchedule } from '../../base/calendar.js'
import { canonicalServer } from '../address/canonical-server.js'
import { parseDuration } from '../application/parse-duration.js'
import { compileGlob } from '../pattern/gobwas-glob.js'
import type { SyncWindow } from './project.js'

/** Of an application, what windows go by. */
export interface WindowSubject {
  readonly name: string
  /** Namespace of its destination; `''` when it names none. */
  readonly namespace: string
  /** Cluster of its destination, resolved: `''` for a name it does not have. */
  readonly cluster: { readonly server: string; readonly name: string }
}

export interface WindowQuestion {
  /** A person or program asked for the sync, not the policy of the application. */
  readonly manual: boolean
  /** Milliseconds since 1970. */
  readonly now: number
  /** When the operation that goes on began; absent for one that is to begin. */
  readonly startedAt?: number
}

export interface WindowVerdict {
  readonly permitted: boolean
  /** Why not, and when it opens again, as a sentence. */
  readonly why?: string
  /** The first moment from which it is permitted, when that comes within the windows' next turns. */
  readonly opensAt?: number
}

/** A window that counts for an application, as it is at one moment. */
export interface WindowState {
  readonly window: SyncWindow
  readonly active: boolean
  /** When it closes (of an active one) or opens; absent when it never does. */
  readonly changesAt?: number
}

/** How many openings and closings are looked at for the time when it opens again. */
const LOOK_AHEAD = 50

/** The windows of the project that count for this application (contract 1.4: any list matches; `andOperator`: all). */
export function windowStates(
  windows: readonly SyncWindow[],
  application: WindowSubject,
  now: number,
): readonly WindowState[] {
  return windows.filter((window) => countsFor(window, application)).map((window) => stateOf(window, now))
}

/**
 * May the application sync (contract 1.4, Evaluation)? No window that counts: yes. An active deny wins: only a manual
 * sync may, when all active denies have manualSync. Else an active allow permits. Else, when there are allows and none
 * is active: only a manual sync, when every one has manualSync. What began legally may end when every window in its way
 * has syncOverrun.
 */
export function windowVerdict(
  windows: readonly SyncWindow[],
  application: WindowSubject,
  question: WindowQuestion,
): WindowVerdict {
  const mine = windows.filter((window) => countsFor(window, application))
  if (mine.length === 0) return { permitted: true }
  const { manual, now, startedAt } = question
  const blocking = inTheWay(mine, { manual, now })
  if (blocking.length === 0) return { permitted: true }
  const overruns =
    startedAt !== undefined &&
    blocking.every(({ window }) => window.syncOverrun === true) &&
    inTheWay(mine, { manual, now: startedAt }).length === 0
  if (overruns) return { permitted: true }
  const opensAt = opening(mine, { manual, now })
  const again =
    opensAt === undefined ? 'No time is in sight when it opens.' : `It opens again at ${isoTime(opensAt)}.`
  const hint = manual ? '' : ' A manual sync may be permitted earlier: see the windows of the project.'
  const why = `${reasonOf(blocking)} ${again}${hint}`
  return { permitted: false, why, ...(opensAt === undefined ? {} : { opensAt }) }
}

type Moment = Pick<WindowQuestion, 'manual' | 'now'>

/** The windows that forbid a sync at this moment; empty = permitted. */
function inTheWay(windows: readonly SyncWindow[], { manual, now }: Moment): readonly WindowState[] {
  const states = windows.map((window) => stateOf(window, now))
  const denies = states.filter(({ window, active }) => active && window.kind === 'deny')
  const allows = states.filter(({ window }) => window.kind === 'allow')
  const inWay = denies.length > 0 ? denies : allows.some(({ active }) => active) ? [] : allows
  return manual && inWay.every(({ window }) => window.manualSync === true) ? [] : inWay
}

function reasonOf(blocking: readonly WindowState[]): string {
  const [first] = blocking
  if (first === undefined) return ''
  const { kind, schedule, duration, timeZone, description } = first.window
  const named = `"${schedule}" for ${duration} (${timeZone ?? 'UTC'})${description === undefined ? '' : `: ${description}`}`
  const more = blocking.length > 1 ? `, and ${blocking.length - 1} more` : ''
  return kind === 'deny'
    ? `A sync window of the project denies it now: ${named}${more}.`
    : `It is outside the sync windows of the project that allow it: ${named}${more}.`
}

/** The first change of a window after which nothing is in the way. */
function opening(windows: readonly SyncWindow[], { manual, now }: Moment): number | undefined {
  let moment = now
  for (let looked = 0; looked < LOOK_AHEAD; looked += 1) {
    const next = nextChange(windows, moment)
    if (next === undefined) return undefined
    if (inTheWay(windows, { manual, now: next }).length === 0) return next
    moment = next
  }
  return undefined
}

function nextChange(windows: readonly SyncWindow[], now: number): number | undefined {
  const changes = windows.flatMap((window) => stateOf(window, now).changesAt ?? [])
  return changes.length === 0 ? undefined : Math.min(...changes)
}

/** A window is open from a time of its schedule until its duration is over. */
function stateOf(window: SyncWindow, now: number): WindowState {
  const schedule = readSchedule(window.schedule, window.timeZone ?? 'UTC')
  const length = parseDuration(window.duration)
  // What cannot be read was refused when the project was saved; a damaged row blocks rather than permits.
  if (typeof schedule === 'string' || length === undefined) return { window, active: window.kind === 'deny' }
  const began = schedule.until(now)
  const next = schedule.after(now)
  if (began !== undefined && now < began + length) {
    return { window, active: true, changesAt: began + length }
  }
  return { window, active: false, ...(next === undefined ? {} : { changesAt: next }) }
}

function countsFor(window: SyncWindow, { name, namespace, cluster }: WindowSubject): boolean {
  const servers = (pattern: string): boolean =>
    (cluster.server !== '' && compileGlob(canonicalServer(pattern))(canonicalServer(cluster.server))) ||
    (cluster.name !== '' && compileGlob(pattern)(cluster.name))
  const lists = [
    [window.applications, (pattern: string) => compileGlob(pattern)(name)],
    [window.namespaces, (pattern: string) => compileGlob(pattern)(namespace)],
    [window.clusters, servers],
  ] as const
  const written = lists.filter(([patterns]) => patterns !== undefined && patterns.length > 0)
  const hits = written.filter(([patterns, matches]) => patterns?.some(matches) === true)
  return window.andOperator === true ? written.length > 0 && hits.length === written.length : hits.length > 0
}
