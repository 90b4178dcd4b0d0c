import type { RolesOfProject } from '../../src/engine/access/policy-index.js'

/** How large an installation is that is known to hurt: its lists took 12 to 14 seconds elsewhere. */
export interface PolicySize {
  readonly projects: number
  readonly groups: number
  /** Of the policy and of the roles of all projects together. */
  readonly lines: number
}

export interface PolicyText {
  readonly csv: string
  readonly roles: readonly RolesOfProject[]
  /** Every group; the person asked about is in all of them. */
  readonly groups: readonly string[]
}

const ROLES_A_PROJECT = 10
/** A project's role is given to so many groups. */
const GROUPS_A_ROLE = 7
const RESOURCES = ['applications', 'applications', 'applications', 'logs', 'exec', 'repositories']
const ACTIONS = ['get', 'sync', 'update', 'action/apps/Deployment/restart', '*']
/** One line of so many denies. */
const DENIES = 20

/**
 * Half of the lines stand in the roles of projects, half in `policy.csv`: a line per group that makes it a member of a role,
 * and rules with whole projects, with parts of names and with single applications as their objects.
 */
export function policyText({ projects, groups, lines }: PolicySize): PolicyText {
  const names = Array.from({ length: groups }, (_, at) => `team-${at}`)
  const ofProjects = Math.floor(lines / 2)
  const perRole = Math.floor(ofProjects / (projects * ROLES_A_PROJECT))
  const members = names.map((name, at) => `g, ${name}, role:team-${at}`)
  const count = lines - perRole * projects * ROLES_A_PROJECT - members.length
  const rules = Array.from({ length: count }, (_, at) =>
    ruleOf(at, `role:team-${at % groups}`, at % projects),
  )
  const roles = Array.from({ length: projects }, (_, project) => rolesOf(project, names, perRole))
  return { csv: [...members, ...rules].join('\n'), roles, groups: names }
}

export function projectName(index: number): string {
  return `project-${String(index).padStart(2, '0')}`
}

function rolesOf(project: number, groups: readonly string[], perRole: number): RolesOfProject {
  const roles = Array.from({ length: ROLES_A_PROJECT }, (_, role) => {
    const name = `role-${role}`
    const subject = `proj:${projectName(project)}:${name}`
    return {
      name,
      policies: Array.from({ length: perRole }, (_line, at) => ruleOf(at + role * perRole, subject, project)),
      groups: Array.from(
        { length: GROUPS_A_ROLE },
        (_group, at) => groups[(role * GROUPS_A_ROLE + at) % groups.length] ?? '',
      ),
    }
  })
  return { project: projectName(project), roles }
}

function ruleOf(at: number, subject: string, project: number): string {
  const resource = RESOURCES[at % RESOURCES.length] ?? 'applications'
  const action = ACTIONS[at % ACTIONS.length] ?? 'get'
  const name = [`app-${at}`, `payments-${at}-*`, `*-canary-${at}`, `app-${at % 50}`][at % 4] ?? '*'
  const object = `${projectName(project)}/${at % 97 === 0 ? '*' : name}`
  return `p, ${subject}, ${resource}, ${action}, ${object}, ${at % DENIES === 0 ? 'deny' : 'allow'}`
}
