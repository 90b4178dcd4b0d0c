import { compileGlob, globProblem } from '../pattern/gobwas-glob.js'
import type { Grant, Grants } from './principal.js'

/** The rules that speak of one resource and action, ready to be asked about objects. */
export interface ApplicableGrants {
  readonly allows: readonly CompiledGrant[]
  readonly denies: readonly CompiledGrant[]
}

export interface CompiledGrant {
  readonly grant: Grant
  readonly matches: (object: string) => boolean
}

interface GrantIndex {
  readonly rules: readonly CompiledRule[]
  readonly byQuestion: Map<string, ApplicableGrants>
}

interface CompiledRule extends CompiledGrant {
  readonly concerns: (resource: string, action: string) => boolean
}

/** Actions name kinds (`action/apps/Deployment/restart`), so questions are many; the memory of them is not. */
const MAX_QUESTIONS = 500

const indexes = new WeakMap<Grants, GrantIndex>()

/** The rules for one resource and action. Compiled once per `Grants` object, so keep the object, do not copy it. */
export function applicableGrants(grants: Grants, resource: string, action: string): ApplicableGrants {
  const index = indexOf(grants)
  const question = `${resource} ${action}`
  const known = index.byQuestion.get(question)
  if (known !== undefined) return known
  const rules = index.rules.filter((rule) => rule.concerns(resource, action))
  const found = {
    allows: rules.filter((rule) => rule.grant.effect === 'allow'),
    denies: rules.filter((rule) => rule.grant.effect === 'deny'),
  }
  if (index.byQuestion.size >= MAX_QUESTIONS) index.byQuestion.clear()
  index.byQuestion.set(question, found)
  return found
}

function indexOf(grants: Grants): GrantIndex {
  const known = indexes.get(grants)
  if (known !== undefined) return known
  const index = { rules: grants.rules.map(compileRule), byQuestion: new Map<string, ApplicableGrants>() }
  indexes.set(grants, index)
  return index
}

function compileRule(grant: Grant): CompiledRule {
  const resource = matcher(grant.resource, grant.effect)
  const action = matcher(grant.action, grant.effect)
  return {
    grant,
    matches: matcher(grant.object, grant.effect),
    concerns: (askedResource, askedAction) => resource(askedResource) && action(askedAction),
  }
}

/** A pattern that nobody can read allows nothing, and denies everything. */
function matcher(pattern: string, effect: Grant['effect']): (text: string) => boolean {
  if (effect === 'deny' && globProblem(pattern) !== undefined) return () => true
  return compileGlob(pattern)
}
