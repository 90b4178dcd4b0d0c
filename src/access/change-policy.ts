import { AppError } from '../base/app-error.js'
import { decide } from '../engine/access/decide.js'
import { judgePolicy, type PolicyNote, type PolicyVerdict } from '../engine/access/judge-policy.js'
import type { PolicyDocument } from '../engine/access/policy-document.js'
import { grantsFor, indexPolicy } from '../engine/access/policy-index.js'
import type { Principal } from '../engine/access/principal.js'
import type { ProjectStore } from '../store/directory-stores.js'
import type { PolicyStore, StoredPolicy } from '../store/policy-store.js'
import { rolesOf } from './load-grants.js'
import type { ReadPolicy } from './read-policy.js'

export interface ChangePolicyDeps {
  readonly policies: PolicyStore
  readonly policy: ReadPolicy
  readonly projects: ProjectStore
  /** Throws unless the person proved just now who he is. `what` goes on after "Cannot". */
  readonly requireRecentPassword: (principal: Principal, what: string) => void
  /** This process shall not wait until it looks again. */
  readonly onChanged: () => void
}

export interface PolicyWish {
  /** What is left out stays. */
  readonly change: Partial<PolicyDocument>
  /** The generation that the change was made in; without it the newest. */
  readonly generation?: number
}

export interface ChangedPolicy extends StoredPolicy {
  readonly warnings: readonly PolicyNote[]
}

/** The object of the resource `settings` that policies speak of to give the right to change them. */
export const POLICY_OBJECT = 'policy'

/** Reads, judges and edits the policy of the installation. */
export class ChangePolicy {
  private readonly deps: ChangePolicyDeps

  constructor(deps: ChangePolicyDeps) {
    this.deps = deps
  }

  /** FORBIDDEN. */
  async read(principal: Principal): Promise<StoredPolicy> {
    requireRight(principal, 'get', 'read the policy')
    return this.deps.policy.run()
  }

  /** What is wrong with a policy, and what in it does nothing; saves nothing. */
  async judge(principal: Principal, change: Partial<PolicyDocument>): Promise<PolicyVerdict> {
    const { document } = await this.read(principal)
    return judgePolicy({ ...document, ...change }, await this.roles())
  }

  /** Saving what stands there already changes nothing. FORBIDDEN, BAD_USER_INPUT with every faulty line, CONFLICT. */
  async run(principal: Principal, { change, generation }: PolicyWish): Promise<ChangedPolicy> {
    requireRight(principal, 'update', 'change the policy')
    const before = await this.deps.policy.run()
    const document = { ...before.document, ...change }
    const projects = await this.roles()
    const { problems, warnings } = judgePolicy(document, projects)
    if (problems.length > 0) throw new AppError('BAD_USER_INPUT', refusalOf(problems))
    if (equal(document, before.document)) return { ...before, warnings }
    this.deps.requireRecentPassword(principal, 'change the policy')
    refuseLockOut(principal, document)
    const record = recordOf(principal, before, document)
    const saved = await this.deps.policies.save(document, generation ?? before.generation, record)
    this.deps.onChanged()
    return { ...saved, warnings }
  }

  private async roles() {
    return rolesOf(await this.deps.projects.list())
  }
}

function requireRight(principal: Principal, action: 'get' | 'update', what: string): void {
  const refused = decide(principal, 'settings', action, POLICY_OBJECT)
  if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot ${what}: ${refused}`)
}

/** Whoever changes the policy can change it back. */
function refuseLockOut(principal: Principal, document: PolicyDocument): void {
  if (principal.kind === 'system') return
  const grants = grantsFor(indexPolicy(document), principal.subject, principal.groups)
  const refused = decide({ ...principal, grants }, 'settings', 'update', POLICY_OBJECT)
  if (refused === undefined) return
  throw new AppError(
    'BAD_USER_INPUT',
    `Cannot change the policy: under it you could not change it back, since ${refused}`,
  )
}

const MAX_NAMED = 20

function refusalOf(problems: readonly PolicyNote[]): string {
  const named = problems.slice(0, MAX_NAMED).map(noteText)
  const more = problems.length > MAX_NAMED ? ` And ${problems.length - MAX_NAMED} more.` : ''
  return `Cannot change the policy, nothing was saved. ${named.join(' ')}${more}`
}

function noteText({ source, line, message }: PolicyNote): string {
  return line === 0 ? `${source}: ${message}` : `${source}, line ${line}: ${message}`
}

function equal(one: PolicyDocument, other: PolicyDocument): boolean {
  const text = (document: PolicyDocument): string =>
    JSON.stringify([
      document.csv,
      Object.entries(document.overlays).sort(([a], [b]) => (a < b ? -1 : 1)),
      document.defaultRole,
      document.matchMode,
      document.scopes,
      document.defaultOverridesDeny,
    ])
  return text(one) === text(other)
}

/** The lines themselves are kept with each generation. */
function recordOf({ subject }: Principal, before: StoredPolicy, { csv, overlays, ...rest }: PolicyDocument) {
  const lines = [csv, ...Object.values(overlays)].join('\n').split('\n').length
  const details = { generation: before.generation + 1, lines, ...rest, scopes: [...rest.scopes] }
  return { audit: { actor: subject, action: 'update-policy', object: 'policy', details }, doorbells: [] }
}
