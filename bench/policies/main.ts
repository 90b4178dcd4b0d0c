import { parseArgs } from 'node:util'
import { decide } from '../../src/engine/access/decide.js'
import { EMPTY_POLICY } from '../../src/engine/access/policy-document.js'
import { grantsFor, indexPolicy, type PolicyIndex } from '../../src/engine/access/policy-index.js'
import type { Principal } from '../../src/engine/access/principal.js'
import { tell } from '../measure/report.js'
import { quantile } from '../measure/statistics.js'
import { policyText, projectName, type PolicyText } from './policy-text.js'

const USAGE = `usage: node dist/bench/policies/main.js [--projects N] [--groups N] [--lines N] [--json FILE]
  A person in all groups: reading the policy, compiling their grants, and a decision after.
`
const MOST_COMPILE_MS = 50
const MOST_DECISION_US = 1
const COMPILES = 50
/** A decision is shorter than a look at the clock: so many are timed together. */
const BATCH = 1_000
const BATCHES = 500
const QUESTIONS = [
  ['applications', 'get'],
  ['applications', 'sync'],
  ['applications', 'update'],
  ['applications', 'action/apps/Deployment/restart'],
  ['logs', 'get'],
  ['exec', 'create'],
] as const

type Question = readonly [resource: string, action: string, object: string]

const { values } = parseArgs({
  options: {
    projects: { type: 'string', default: '25' },
    groups: { type: 'string', default: '70' },
    lines: { type: 'string', default: '5000' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(USAGE)
else if (!(await measure())) process.exitCode = 1

async function measure(): Promise<boolean> {
  const at = {
    projects: Number(values.projects),
    groups: Number(values.groups),
    lines: Number(values.lines),
  }
  const text = policyText(at)
  const questions = questionsOf(at.projects)
  const cold = compiled(text, indexOf(text))
  const reads = repeated(() => indexOf(text))
  const index = indexOf(text)
  const compiles = Array.from({ length: COMPILES }, () => compiled(text, index).milliseconds)
  const { principal } = compiled(text, index)
  const allowed = questions.filter((question) => decide(principal, ...question) === undefined)
  const refused = questions.filter((question) => decide(principal, ...question) !== undefined)
  const all = timed(principal, questions)
  const most = MOST_DECISION_US
  const figures = [
    { figure: 'compile ms, p50', value: quantile(compiles, 0.5), most: MOST_COMPILE_MS },
    { figure: 'compile ms, p90', value: quantile(compiles, 0.9), most: MOST_COMPILE_MS },
    { figure: 'compile ms, longest (with collections of garbage)', value: quantile(compiles, 1) },
    { figure: 'compile ms, first in a process that just began', value: cold.milliseconds },
    { figure: 'reading the policy ms, once per change for all', value: quantile(reads, 0.5) },
    { figure: 'decision us, p50', value: quantile(all, 0.5), most },
    { figure: 'decision us, p99 of batches of a thousand', value: quantile(all, 0.99) },
    { figure: 'allowed us, p50', value: quantile(timed(principal, allowed), 0.5), most },
    { figure: 'refused us, p50', value: quantile(timed(principal, refused), 0.5), most },
  ]
  const sizes = {
    rules_of_the_person: principal.grants.rules.length,
    allowed: allowed.length,
    refused: refused.length,
  }
  const what = 'Grants of a person in all groups: compiled with the first answer to each kind of question.'
  return tell({ what, at: { ...at, ...sizes }, figures }, values.json)
}

function indexOf({ csv, roles }: PolicyText): PolicyIndex {
  return indexPolicy({ ...EMPTY_POLICY, csv }, roles)
}

/** Grants are compiled lazily: done is who answered each kind of question once. */
function compiled(
  { groups }: PolicyText,
  index: PolicyIndex,
): { readonly principal: Principal; readonly milliseconds: number } {
  const begin = performance.now()
  const grants = grantsFor(index, 'alice', groups)
  const principal: Principal = { subject: 'alice', kind: 'user', groups, grants }
  for (const [resource, action] of QUESTIONS) decide(principal, resource, action, `${projectName(0)}/app-1`)
  return { principal, milliseconds: performance.now() - begin }
}

function repeated(run: () => unknown): readonly number[] {
  return Array.from({ length: COMPILES }, () => {
    const begin = performance.now()
    run()
    return performance.now() - begin
  })
}

function questionsOf(projects: number): readonly Question[] {
  return Array.from({ length: 10_007 }, (_, at): Question => {
    const [resource, action] = QUESTIONS[at % QUESTIONS.length] ?? QUESTIONS[0]
    const name = [`app-${at % 700}`, `payments-${at % 300}-web`, `shop-canary-${at % 300}`][at % 3] ?? ''
    return [resource, action, `${projectName(at % projects)}/${name}`]
  })
}

/** Microseconds of one decision, batch by batch. */
function timed(principal: Principal, questions: readonly Question[]): readonly number[] {
  return Array.from({ length: BATCHES }, (_, batch) => {
    const some = Array.from({ length: BATCH }, (_one, at) => questions[(batch * 31 + at) % questions.length])
    const begin = performance.now()
    for (const question of some) if (question !== undefined) decide(principal, ...question)
    return (performance.now() - begin) * (1_000 / BATCH)
  })
}
