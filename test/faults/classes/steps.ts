import type { FaultClass } from '../fault-class.js'
import type { Trial } from '../trial.js'

/** A step of a sync, and the crash points or the statements at which it is interrupted. */
interface Step {
  readonly id: string
  readonly title: string
  readonly before: string
  readonly mid: string
  readonly after: string
  /** Points that are passed once per object: any of them is tried. */
  readonly upTo?: number
  readonly isPending?: boolean
  /** Only a product that starts passes it. */
  readonly atStart?: boolean
}

/**
 * `sql:NAME` interrupts after the statement was sent to Postgres and before its answer is heard, `cluster:METHOD` after
 * the API server acted and before its answer is heard; everything else is a crash point in the product.
 */
const STEPS: readonly Step[] = [
  step('F-01', 'S0 operation accepted', ['S0:automated:before', 'sql:operation-start', 'S0:automated:after']),
  step('F-02', 'S1 outbox to queue', ['S1:before', 'S1:mid', 'S1:after']),
  { ...step('F-03', 'S2 cluster taken', ['S2:before', 'S2:mid', 'S2:after']), atStart: true },
  step('F-04', 'S3 revision resolved', ['S3:before', 'S3:mid', 'S3:after']),
  step('F-05', 'S4 fetch', ['S4:before', 'git:upload-pack', 'S4:after']),
  step('F-06', 'S5 render', ['S5:before', 'S5:mid', 'S5:after']),
  step('F-07', 'S6 plan stored', ['S6:before', 'S6:mid', 'S6:after']),
  step('F-08', 'S7 live state read', ['S7:before', 'cluster:list', 'S7:after']),
  { ...step('F-09', 'S8 compared', ['S8:before', 'S8:mid', 'S8:after']), upTo: 8 },
  { ...step('F-12', 'S11 waves applied', ['S11:before', 'S11:mid', 'S11:after']), upTo: 2 },
  {
    ...step('F-13', 'S12 health awaited', ['S12:before', 'sql:operation-save', 'S12:after']),
    isPending: true,
  },
  step('F-14', 'S13 prune', ['S13:before', 'cluster:DELETE', 'S13:mid']),
  step('F-16', 'S15 final state', ['S15:before', 'sql:operation-finish', 'S15:after']),
  step('F-17', 'S16 acknowledged', ['S16:before', 'S16:mid', 'S16:after']),
]

const PAUSES_MS = [0, 0, 0, 0, 1000, 5000]

export const stepClasses: readonly FaultClass[] = STEPS.map((one) => ({
  id: one.id,
  title: `kill -9 at ${one.title}`,
  variants: ['before', 'mid', 'after'],
  ...(one.isPending === true && { isPending: true }),
  strike: async (trial, variant) => {
    const at = one[variant as 'before' | 'mid' | 'after']
    if (one.atStart === true || at === 'cluster:list') return strikeAtStart(trial, at)
    const skip = variant === 'mid' ? trial.random.between(0, (one.upTo ?? 1) - 1) : 0
    const struck = await struckAt(trial, at, skip)
    await trial.change()
    trial.proven((await struck()) && `the product died at ${at}${skip > 0 ? ` (${skip + 1}th time)` : ''}`)
    await trial.restart(trial.random.pick(PAUSES_MS))
    if (one.isPending === true) await trial.finishPending()
  },
}))

function step(id: string, title: string, [before, mid, after]: readonly [string, string, string]): Step {
  return { id, title, before, mid, after }
}

/** It is killed, and killed again while it comes back. */
async function strikeAtStart(trial: Trial, at: string): Promise<void> {
  const { product } = trial.parts
  await trial.change({ announced: false })
  await product.kill()
  const struck = await struckAt(trial, at, 0)
  const start = product.restart().catch(() => undefined)
  trial.proven((await struck()) && `the product died at ${at} while it started`)
  await start
  await trial.restart()
}

/** Arms, and answers how to wait for the death. */
async function struckAt(trial: Trial, at: string, skip: number): Promise<() => Promise<boolean>> {
  const { killer, databaseLink, lies, gitFront } = trial.parts
  const [where = '', what = ''] = at.split(':', 2)
  const role = where === 'git' ? 'source-worker' : 'cluster-worker'
  const kill = (): void => void process.kill(trial.world.pidOf(role), 'SIGKILL')
  if (where === 'sql') databaseLink.trap = { text: what, strike: 'after', whenSprung: kill }
  else if (where === 'cluster') {
    const list = /\/(configmaps|secrets|services)\?(limit|sendInitial)/
    const path = what === 'list' ? list : new RegExp(`/namespaces/${trial.namespace}/`)
    const method = what === 'list' ? 'GET' : what
    // Only the first answer is lost: then it is dead.
    lies.tell({ path, method, times: 1, after: 'hang' })
    void poll(() => lies.requests.some((one) => one.method === method && path.test(one.path)), kill)
  } else if (where === 'git') {
    gitFront.set({ path: /git-upload-pack$/, silence: 'hang' })
    void poll(() => gitFront.felt > 0, kill)
  } else killer.arm({ point: at, skip, action: 'kill' })
  return async () => {
    const isDead = await trial.world.died()
    lies.beTruthful()
    gitFront.set(undefined)
    return isDead
  }
}

/** The server needs a moment to act on what was seen. */
async function poll(seen: () => boolean, then: () => void): Promise<void> {
  const end = performance.now() + 20_000
  while (performance.now() < end) {
    if (seen()) return void setTimeout(then, 30)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
