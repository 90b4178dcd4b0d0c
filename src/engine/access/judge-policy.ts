import { didYouMean } from '../application/did-you-mean.js'
import { compilePattern, isLiteral, patternProblem, type MatchMode } from './match-mode.js'
import { policyTexts, type PolicyDocument, type PolicyText } from './policy-document.js'
import { indexPolicy, outsideProject, type PolicyIndex, type RolesOfProject } from './policy-index.js'
import { parsePolicyLine, type PolicyLine } from './policy-line.js'
import { OBJECTS_IN_PROJECTS, POLICY_WORDS } from './policy-words.js'

/** What is to say about one line. */
export interface PolicyNote {
  readonly source: string
  /** From 1; 0 when it is about no line. */
  readonly line: number
  /** A sentence. */
  readonly message: string
}

export interface PolicyVerdict {
  /** A policy with these is refused. */
  readonly problems: readonly PolicyNote[]
  /** Lines that do nothing, and what reaches further than it looks. */
  readonly warnings: readonly PolicyNote[]
}

/** Every fault of a policy, and every line that can never match. `projects`: so that their roles are known. */
export function judgePolicy(
  document: PolicyDocument,
  projects: readonly RolesOfProject[] = [],
): PolicyVerdict {
  const judged = policyTexts(document).map((at) => judgeLine(at, document.matchMode))
  const problems = judged.flatMap(({ problem }) => problem ?? [])
  const index = indexPolicy(document, projects)
  const lines = judged.flatMap((one) => (one.line === undefined ? [] : [{ at: one.at, line: one.line }]))
  return {
    problems: [...problems, ...documentProblems(document)],
    warnings: [...lineWarnings(lines, index), ...documentWarnings(document, index)],
  }
}

interface JudgedLine {
  readonly at: PolicyText
  readonly line?: PolicyLine
  readonly problem?: PolicyNote
}

interface ReadLine {
  readonly at: PolicyText
  readonly line: PolicyLine
}

function judgeLine(at: PolicyText, mode: MatchMode): JudgedLine {
  const line = parsePolicyLine(at.text)
  if (line === undefined) return { at }
  const problem = typeof line === 'string' ? line : grantProblem(line, mode)
  if (problem !== undefined) return { at, problem: note(at, `${problem}.`) }
  return typeof line === 'string' ? { at } : { at, line }
}

function grantProblem(line: PolicyLine, mode: MatchMode): string | undefined {
  if (line.kind === 'member') return undefined
  for (const pattern of [line.resource, line.action, line.object]) {
    const problem = patternProblem(mode, pattern)
    if (problem !== undefined) return `the pattern "${pattern}" cannot be read: ${problem}`
  }
  return outsideProject(line)
}

function documentProblems(document: PolicyDocument): readonly PolicyNote[] {
  const names = Object.keys(document.overlays).filter((name) => !/^[A-Za-z0-9._-]{1,63}$/.test(name))
  return names.map((name) => ({
    source: `policy.${name}.csv`,
    line: 0,
    message: `"${name}" is not a name of an overlay: use letters, digits, ".", "_" and "-".`,
  }))
}

function lineWarnings(lines: readonly ReadLine[], index: PolicyIndex): readonly PolicyNote[] {
  const first = new Map<string, PolicyText>()
  return lines.flatMap(({ at, line }) => {
    const key = JSON.stringify(line)
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, at)
    const message =
      earlier === undefined
        ? line.kind === 'member'
          ? memberWarning(line, index)
          : grantWarning(line, index.matchMode)
        : `the same stands in line ${earlier.line} of ${earlier.source}.`
    return message === undefined ? [] : [note(at, message)]
  })
}

function memberWarning(
  { member, role }: { readonly member: string; readonly role: string },
  index: PolicyIndex,
): string | undefined {
  if (member === role) return `"${member}" is made a member of itself, which changes nothing.`
  if (index.rulesOf.has(role) || index.rolesOf.has(role)) return undefined
  const meant = didYouMean(role, [...index.rulesOf.keys()])
  return `no line gives "${role}" anything.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`
}

function grantWarning(
  line: Extract<PolicyLine, { readonly kind: 'grant' }>,
  mode: MatchMode,
): string | undefined {
  const known = Object.keys(POLICY_WORDS)
  const resources = known.filter(compilePattern(mode, line.resource))
  if (resources.length === 0)
    return `never matches: there is no resource "${line.resource}". ${advice(line.resource, known)}`
  const actions = [...new Set(resources.flatMap((resource) => POLICY_WORDS[resource] ?? []))]
  if (!canMatchAction(line.action, actions, mode))
    return `never matches: ${resources.join(', ')} have no action "${line.action}". ${advice(line.action.split('/', 1)[0] ?? '', actions)}`
  const isInProjects = resources.every((resource) => OBJECTS_IN_PROJECTS.includes(resource))
  if (isInProjects && isLiteral(mode, line.object) && !line.object.includes('/'))
    return `never matches: objects of ${resources.join(', ')} are <project>/<name>, and "${line.object}" has no "/".`
  return undefined
}

/** `update/*` and `action/apps/Deployment/restart` begin with an action; any other pattern must match one. */
function canMatchAction(pattern: string, actions: readonly string[], mode: MatchMode): boolean {
  if (actions.some(compilePattern(mode, pattern))) return true
  const [verb = '', ...rest] = pattern.split('/')
  if (rest.length === 0) return false
  return ['action', 'update', 'delete'].some(
    (long) => actions.includes(long) && compilePattern(mode, verb)(long),
  )
}

function documentWarnings(document: PolicyDocument, index: PolicyIndex): readonly PolicyNote[] {
  const { defaultRole, defaultOverridesDeny } = document
  if (defaultRole === '') return []
  const about = (message: string): PolicyNote => ({ source: 'policy.default', line: 0, message })
  return [
    ...(index.rulesOf.has(defaultRole) || index.rolesOf.has(defaultRole)
      ? []
      : [about(`no line gives the role "${defaultRole}" anything.`)]),
    ...(defaultOverridesDeny
      ? [about(`what "${defaultRole}" allows cannot be denied to anybody, as in Argo CD.`)]
      : []),
  ]
}

function advice(wrong: string, known: readonly string[]): string {
  const meant = didYouMean(wrong, known)
  return meant === undefined ? `Use one of ${known.join(', ')}.` : `Did you mean "${meant}"?`
}

function note({ source, line }: PolicyText, message: string): PolicyNote {
  return { source, line, message }
}
