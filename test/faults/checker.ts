import { setTimeout as sleep } from 'node:timers/promises'
import type { SeenRequest } from '../support/lying-proxy.js'
import { lateWrites } from './late-writes.js'
import { type Round, liveIn, textOf } from './oracle.js'
import type { Trial } from './trial.js'

/** What differs from the rule in a class of faults. */
export interface Rules {
  /** I-6: so long may a wrong green last. Default: three intervals of observation. */
  readonly falseGreenMs?: number
  /** I-12: Git itself went back. */
  readonly goesBack?: boolean
  /** I-9: somebody else writes to the same objects. */
  readonly isContested?: boolean
}

/** Invariants that nothing can break yet, because what they speak of does not exist. */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  'I-1 (chain)': 'audit events are not sealed into a chain yet; their set is checked',
  'I-3': 'there are no hooks yet',
}

const THREE_INTERVALS_MS = 45_000
const SLACK_MS = 2_000
const PATIENCE_MS = 30_000
const CLUSTER_WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const KINDS: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  services: 'Service',
  ingresses: 'Ingress',
  networkpolicies: 'NetworkPolicy',
}

/** Looks at everything that was recorded, after the application has converged. */
export async function checkInvariants(trial: Trial, rules: Rules): Promise<void> {
  checkDeletes(trial, rules)
  checkWriters(trial)
  checkGreen(trial, rules)
  if (rules.goesBack !== true) checkRevisions(trial)
  checkSecrets(trial)
  await checkBystanders(trial)
  if (rules.isContested !== true) await checkIdempotence(trial)
  await checkOperations(trial)
}

/** Requests of this trial that change something; the product's own, seen before the API server. */
export function writesOf(trial: Trial): readonly SeenRequest[] {
  return trial.parts.lies.requests.filter(
    ({ at, method, path }) =>
      at >= trial.startedAt &&
      CLUSTER_WRITES.has(method) &&
      path.includes(`/namespaces/${trial.namespace}/`) &&
      !path.includes('dryRun=All'),
  )
}

/** I-4: only what an older commit declared and the newest does not. */
function checkDeletes(trial: Trial, { goesBack = false }: Rules): void {
  const declared = new Set(trial.newest.declared.map(textOf))
  const once = new Set(trial.rounds.flatMap((round) => round.declared.map(textOf)))
  for (const { method, path } of writesOf(trial)) {
    if (method !== 'DELETE') continue
    const text = textOfPath(path)
    if ((declared.has(text) && !goesBack) || !once.has(text))
      trial.violated('I-4', `${text} was deleted: ${path}`)
  }
}

/** I-2: who deletes owns the cluster at that moment. An apply by a former owner is allowed, if it is corrected (I-5), and counted. */
function checkWriters(trial: Trial): void {
  const late = lateWrites(writesOf(trial), trial.recorder.owners)
  trial.figures['owners'] = new Set(trial.recorder.owners.map(({ owner }) => owner)).size
  trial.figures['lateApplies'] = late.filter(({ method }) => method !== 'DELETE').length
  for (const { method, path, agent } of late) {
    if (method === 'DELETE') trial.violated('I-2', `${agent} deleted what another one owned: ${path}`)
  }
}

function textOfPath(path: string): string {
  const [resource = '', name = ''] = (path.split('?')[0] ?? '').split('/').slice(-2)
  return `${KINDS[resource] ?? resource}/${name}`
}

function checkGreen(trial: Trial, { falseGreenMs = THREE_INTERVALS_MS }: Rules): void {
  const longest = trial.recorder.longestFalseGreen()
  trial.figures['falseGreenMs'] = Math.round(longest)
  if (longest > falseGreenMs + SLACK_MS)
    trial.violated('I-6', `shown green for ${Math.round(longest)} ms while it was not`)
}

/** I-12: the shown commit never goes back. */
function checkRevisions(trial: Trial): void {
  const shown = trial.recorder.shownRounds()
  const back = shown.find((place, index) => place < (shown[index - 1] ?? 0))
  if (back !== undefined) trial.violated('I-12', `the shown commit went back: ${shown.join(' ')}`)
}

/** I-7: what is secret in Git is in no answer and no output. */
function checkSecrets(trial: Trial): void {
  const { product } = trial.parts
  if (product.output.includes(trial.canary)) trial.violated('I-7', 'a secret is in the output')
  if (product.api.answers.includes(trial.canary)) trial.violated('I-7', 'a secret is in an answer of the API')
}

/** I-4: what is nobody's was not touched, and what stayed declared was never made again. */
async function checkBystanders(trial: Trial): Promise<void> {
  const path = `/api/v1/namespaces/${trial.namespace}/configmaps/bystander`
  const { status } = await trial.parts.cluster.client().request({ path })
  if (status !== 200) trial.violated('I-4', 'an object of nobody was deleted')
  const replaced = await trial.replaced()
  if (replaced.length > 0) trial.violated('I-4', `deleted and made again: ${replaced.join(', ')}`)
}

/** I-9: another sync of the same commit writes nothing. */
async function checkIdempotence(trial: Trial): Promise<void> {
  await idle(trial)
  const before = await versions(trial)
  const seen = writesOf(trial).length
  await trial.sync(`again-${trial.newest.number}`)
  await idle(trial)
  await sleep(100)
  const writes = writesOf(trial).slice(seen)
  if (writes.length > 0) {
    const texts = writes.map(({ method, path }) => `${method} ${path.split('?')[0]}`)
    trial.violated('I-9', `a second sync wrote ${writes.length} times: ${texts.slice(0, 5).join('; ')}`)
  }
  const after = await versions(trial)
  const changed = [...after].filter(([text, version]) => before.get(text) !== version).map(([text]) => text)
  if (changed.length > 0) trial.violated('I-9', `a second sync changed ${changed.join(', ')}`)
}

async function versions(trial: Trial): Promise<ReadonlyMap<string, unknown>> {
  const live = await liveIn(trial.parts.cluster, trial.namespace)
  return new Map(live.map((object) => [textOf(object), object.metadata.resourceVersion]))
}

async function idle(trial: Trial): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  const open = 'SELECT id FROM operations WHERE application_id = $1 AND finished_at IS NULL'
  while ((await trial.world.rows(open, [trial.id])).length > 0) {
    if (performance.now() > end)
      return trial.violated('I-8', `an operation is still open after ${PATIENCE_MS} ms`)
    await sleep(30)
  }
}

/** I-1 and I-8: each operation began once, ended once, and has one audit event for each. */
async function checkOperations(trial: Trial): Promise<void> {
  const operations = await trial.world.rows(
    'SELECT id, phase, finished_at, idempotency_key FROM operations WHERE application_id = $1',
    [trial.id],
  )
  const audited = await trial.world.rows(
    `SELECT action, details->>'operation' AS operation, count(*)::int AS times FROM audit_events
     WHERE object = $1 GROUP BY 1, 2`,
    [`application/argocd/${trial.name}`],
  )
  const times = (actions: readonly string[], operation: unknown): number =>
    audited
      .filter((row) => actions.includes(String(row['action'])) && row['operation'] === operation)
      .reduce((sum, row) => sum + Number(row['times']), 0)
  for (const { id, finished_at: end, phase } of operations) {
    if (end === null) trial.violated('I-8', `operation ${String(id)} never ended (${String(phase)})`)
    const began = times(['sync-application', 'heal-application'], id)
    const ended = times(['finish-sync'], id)
    if (began !== 1 || ended !== (end === null ? 0 : 1)) {
      trial.violated(
        'I-1',
        `operation ${String(id)} has ${began} events of its beginning and ${ended} of its end`,
      )
    }
  }
  const created = times(['create-application'], null)
  if (created !== 1) trial.violated('I-1', `create-application was recorded ${created} times`)
  const known = new Set(operations.map(({ id }) => id))
  const strange = audited.filter(({ operation }) => operation !== null && !known.has(operation))
  if (strange.length > 0) trial.violated('I-1', `events of unknown operations: ${JSON.stringify(strange)}`)
  for (const key of trial.keys) {
    const own = operations.filter((row) => row['idempotency_key'] === `${trial.id}:${key}`)
    if (own.length !== 1) trial.violated('I-8', `the request with key ${key} has ${own.length} operations`)
  }
}

/** I-5: it becomes what Git says, within the time, without a person. */
export async function checkConvergence(trial: Trial, round: Round, withinMs: number): Promise<void> {
  try {
    await trial.recorder.converged(round, Math.max(1000, trial.endedAt + withinMs - performance.now()))
    trial.figures['recoveryMs'] = Math.round(performance.now() - trial.endedAt)
  } catch (error) {
    trial.violated('I-5', error instanceof Error ? error.message : String(error))
  }
}
