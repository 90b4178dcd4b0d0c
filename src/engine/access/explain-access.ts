import { decide } from './decide.js'
import { applicableGrants } from './grant-index.js'
import {
  grantsFor,
  namesOf,
  reachedRoles,
  rulesOf,
  type IndexedGrant,
  type PolicyIndex,
} from './policy-index.js'
import type { Grant, Principal } from './principal.js'

/** One line that matches a question, and the way from the subject to it. */
export interface DecidingLine {
  readonly effect: 'allow' | 'deny'
  readonly source: string
  /** From 1; 0 when Lockstep made it from a role of a project. */
  readonly line: number
  readonly text: string
  /** From the subject or its group over roles to who the line speaks of; each step with the line that made it. */
  readonly via: readonly string[]
}

export interface AccessExplanation {
  readonly allowed: boolean
  /** A sentence: what decided, or what would be needed. */
  readonly reason: string
  /** Denies first. */
  readonly lines: readonly DecidingLine[]
}

export interface AccessQuestion {
  readonly subject: string
  readonly groups: readonly string[]
  readonly resource: string
  readonly action: string
  readonly object: string
}

/** Which lines decide, through which groups and roles; or what would be needed. Decides as `decide` does. */
export function explainAccess(index: PolicyIndex, question: AccessQuestion): AccessExplanation {
  const { subject, groups, resource, action, object } = question
  const grants = grantsFor(index, subject, groups)
  const principal: Principal = { subject, kind: 'user', groups, grants }
  const refused = decide(principal, resource, action, object)
  const lines = decidingLines(index, question)
  return { allowed: refused === undefined, reason: refused ?? allowedBecause(lines, index), lines }
}

function allowedBecause(lines: readonly DecidingLine[], index: PolicyIndex): string {
  const [first] = lines.filter(({ effect }) => effect === 'allow')
  if (lines.some(({ effect }) => effect === 'deny'))
    return `the default role "${index.defaultRole}" allows it, which stands against every deny in compatibility with Argo CD`
  return first === undefined ? 'it is allowed' : `${placeOf(first)} allows it`
}

function placeOf({ source, line }: DecidingLine): string {
  return line === 0 ? source : `line ${line} of ${source}`
}

function decidingLines(index: PolicyIndex, question: AccessQuestion): readonly DecidingLine[] {
  const reached = reachedRoles(index, namesOf(index, question.subject, question.groups))
  const found = [...reached].flatMap(([key, one]) =>
    rulesOf(index, one)
      .filter(({ grant }) => matches(index, grant, question))
      .map((rule) => decidingLine(rule, wayTo(key, reached))),
  )
  return found.sort((a, b) => Number(a.effect === 'allow') - Number(b.effect === 'allow'))
}

function decidingLine({ grant, at }: IndexedGrant, via: readonly string[]): DecidingLine {
  return { effect: grant.effect, source: at.source, line: at.line, text: at.text.trim(), via }
}

/** Asked of the very rule alone, so this cannot say something else than `decide`. */
function matches(index: PolicyIndex, grant: Grant, { resource, action, object }: AccessQuestion): boolean {
  const alone = applicableGrants({ rules: [grant], matchMode: index.matchMode }, resource, action)
  return alone.deciding(object) !== undefined
}

function wayTo(key: string, reached: ReturnType<typeof reachedRoles>): readonly string[] {
  const way: string[] = []
  for (let step = reached.get(key); step !== undefined; step = reached.get(step.from ?? '')) {
    way.unshift(step.name)
    if (step.at === undefined) break
    const { source, line } = step.at
    way.unshift(`${source}${line === 0 ? '' : `:${line}`}`)
  }
  return way
}
