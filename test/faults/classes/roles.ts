import { setTimeout as sleep } from 'node:timers/promises'
import { ROLES, type RoleName } from '../../support/running-roles.js'
import type { FaultClass } from '../fault-class.js'
import type { SplitProduct } from '../split-product.js'
import type { LinkFault } from '../tcp-proxy.js'
import type { Trial } from '../trial.js'

const SPLIT = ['roles'] as const
/** A person waits no longer for an answer that needs the cluster, whatever stands between. */
const ANSWER_MS = 35_000
const QUICK_MS = 3_000
const DIFF = `query($name: String!) { application(name: $name) { diff { kind name } } }`
const LIST = '{ applications(first: 1) { nodes { name } } }'

/** One role dies or cannot be reached while the others live on: only where they are processes of their own. */
export const roleClasses: readonly FaultClass[] = [
  {
    id: 'F-19b',
    title: 'kill -9 of one role at a random moment of a sync, while the others live on',
    variants: ROLES,
    shapes: SPLIT,
    strike: async (trial, variant) => {
      const program = splitOf(trial).role[variant as RoleName]
      await trial.change()
      await sleep(trial.random.between(0, 1500))
      await program.end('SIGKILL')
      trial.proven(`the ${variant} was killed`)
      await trial.restart(trial.random.pick([0, 500, 5000]))
    },
  },
  {
    id: 'F-19c',
    title: 'kill -9 of each role in turn during one sync',
    variants: ['gateway first', 'cluster worker first'],
    shapes: SPLIT,
    strike: async (trial, variant) => {
      const { role } = splitOf(trial)
      await trial.change()
      for (const name of variant === 'gateway first' ? ROLES : ROLES.toReversed()) {
        await sleep(trial.random.between(0, 800))
        await role[name].end('SIGKILL')
        await trial.restart()
      }
      trial.proven('each role was killed once')
    },
  },
  {
    id: 'N-26',
    title: 'the network between the gateway and the owner of the cluster is cut',
    variants: ['refused', 'silent', 'half'],
    shapes: SPLIT,
    strike: async (trial, variant) => {
      const { ownerLink } = splitOf(trial)
      ownerLink.set(CUTS[variant] ?? {})
      if (variant === 'refused') ownerLink.cut()
      const asked = askDiff(trial)
      const listed = await timed(trial.parts.product.api.ask(LIST))
      if (listed.error !== undefined || listed.ms > QUICK_MS)
        trial.violated('I-13', `a list took ${listed.ms} ms: ${listed.error ?? 'late'}`)
      expectRefusal(trial, await asked)
      trial.proven(ownerLink.felt > 0 && `the owner was ${variant} to the gateway`)
      // Syncs need no gateway.
      await trial.change()
      await trial.recorder.converged(trial.newest, 30_000)
      ownerLink.clear()
      ownerLink.cut()
      trial.ended()
      const again = await askDiff(trial)
      if (again.error !== undefined) trial.violated('I-5', `a diff is still refused: ${again.error}`)
    },
  },
]

const CUTS: Readonly<Record<string, LinkFault>> = {
  refused: { refuse: true },
  silent: { swallow: 'both' },
  half: { swallow: 'toClient' },
}

/** In time, and with the reason. */
function expectRefusal(trial: Trial, { ms, error }: Answered): void {
  trial.figures['refusedMs'] = ms
  if (error === undefined) trial.violated('I-11', 'a diff was answered although nobody could be asked')
  else if (ms > ANSWER_MS) trial.violated('I-14', `the refusal of a diff took ${ms} ms`)
  else if (!/worker at|owner|reach/i.test(error))
    trial.violated('I-14', `the refusal does not say why: ${error}`)
}

function splitOf(trial: Trial): SplitProduct {
  if (trial.world.split === undefined) throw new Error('The roles are one process here.')
  return trial.world.split
}

function askDiff(trial: Trial): Promise<Answered> {
  return timed(trial.parts.product.api.ask(DIFF, { name: trial.name }))
}

interface Answered {
  readonly ms: number
  readonly error?: string
}

async function timed(asked: Promise<unknown>): Promise<Answered> {
  const began = performance.now()
  const error = await asked.then(() => undefined, String)
  const ms = Math.round(performance.now() - began)
  return error === undefined ? { ms } : { ms, error }
}
