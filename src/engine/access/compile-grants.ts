import { globProblem } from '../pattern/gobwas-glob.js'
import { BUILT_IN_POLICY } from './built-in-policy.js'
import { parsePolicyLine, type PolicyLine } from './policy-line.js'
import type { Grant, Grants } from './principal.js'

/** Resources that the roles of a project may speak of; their objects begin with `<project>/` (contract 1.10). */
const PROJECT_RESOURCES = ['applications', 'applicationsets', 'logs', 'exec', 'clusters', 'repositories']

/**
 * The rules that apply to one subject: its own, those of its groups, and of all roles that these have, directly or
 * through other roles (contract 1.11). `policyLines` come on top of the built-in roles. Names that begin with `role:`
 * are never taken from a login, so that nobody becomes an administrator by the name of a group; neither does a group
 * become a project role (`proj:…`). Malformed lines are left out: refuse them with `policyProblems` when they are saved.
 */
export function compileGrants(
  policyLines: readonly string[],
  subject: string,
  groups: readonly string[],
): Grants {
  const names = [
    ...(subject.startsWith('role:') ? [] : [subject]),
    ...groups.filter((group) => !group.startsWith('role:') && !group.startsWith('proj:')),
  ]
  return grantsOf(policyLines, names)
}

/** The rules of a role alone, for questions like "what can role:x do?". */
export function grantsOfRole(policyLines: readonly string[], role: string): Grants {
  return grantsOf(policyLines, [role])
}

/** Everything that is wrong in policy lines, one sentence each, with the number of the line (from 1). */
export function policyProblems(policyLines: readonly string[]): readonly string[] {
  return policyLines.flatMap((text, index) => {
    const line = parsePolicyLine(text)
    if (line === undefined) return []
    const problem = typeof line === 'string' ? line : patternProblem(line)
    return problem === undefined ? [] : [`Line ${index + 1}: ${problem}.`]
  })
}

function patternProblem(line: PolicyLine): string | undefined {
  if (line.kind === 'member') return undefined
  for (const pattern of [line.resource, line.action, line.object]) {
    const problem = globProblem(pattern)
    if (problem !== undefined) return `the pattern "${pattern}" cannot be read: ${problem}`
  }
  return outsideProject(line)
    ? `a role of a project may only speak of its own objects, not of "${line.object}"`
    : undefined
}

function grantsOf(policyLines: readonly string[], names: readonly string[]): Grants {
  const lines = [...BUILT_IN_POLICY, ...policyLines]
    .map(parsePolicyLine)
    .filter((line) => line !== undefined && typeof line !== 'string')
  const subjects = withRoles(lines, names)
  const rules = new Map<string, Grant>()
  for (const line of lines) {
    if (line.kind === 'member' || !subjects.has(line.subject) || outsideProject(line)) continue
    const { resource, action, object, effect } = line
    rules.set(JSON.stringify([resource, action, object, effect]), { resource, action, object, effect })
  }
  return { rules: [...rules.values()] }
}

/** The names and every role reached from them. */
function withRoles(lines: readonly PolicyLine[], names: readonly string[]): ReadonlySet<string> {
  const rolesOf = new Map<string, string[]>()
  for (const line of lines) {
    if (line.kind !== 'member') continue
    rolesOf.set(line.member, [...(rolesOf.get(line.member) ?? []), line.role])
  }
  const reached = new Set<string>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    open.push(...(rolesOf.get(name) ?? []))
  }
  return reached
}

/** `proj:<project>:<role>` counts for objects of its project and for project resources only. */
function outsideProject(line: {
  readonly subject: string
  readonly resource: string
  readonly object: string
}): boolean {
  if (!line.subject.startsWith('proj:')) return false
  const project = line.subject.split(':')[1] ?? ''
  return (
    !PROJECT_RESOURCES.includes(line.resource) || project === '' || !line.object.startsWith(`${project}/`)
  )
}
