import type { Clock } from '../base/clock.js'
import {
  grantsFor,
  indexPolicy,
  type PolicyIndex,
  type RolesOfProject,
} from '../engine/access/policy-index.js'
import type { Grants } from '../engine/access/principal.js'
import type { Project } from '../engine/project/project.js'
import type { ProjectStore } from '../store/directory-stores.js'
import type { StoredPolicy } from '../store/policy-store.js'
import type { ReadPolicy } from './read-policy.js'

export interface LoadGrantsDeps {
  readonly policy: ReadPolicy
  readonly projects: ProjectStore
  readonly clock: Clock
}

/** With what a principal is remembered (2 s), a change counts everywhere within five seconds. */
const LOOK_AGAIN_MS = 1_000
const MAX_SUBJECTS = 10_000

interface Known {
  readonly version: string
  readonly index: PolicyIndex
  readonly until: number
}

/**
 * The grants of a subject under today's policy and roles of projects, compiled once per subject and version. When they cannot be
 * read it rejects: nobody is let in by what was true before.
 */
export class LoadGrants {
  private readonly deps: LoadGrantsDeps
  private readonly compiled = new Map<string, Grants>()
  private known: Known | undefined
  private reading: Promise<PolicyIndex> | undefined
  private edits = 0

  constructor(deps: LoadGrantsDeps) {
    this.deps = deps
  }

  async run(subject: string, groups: readonly string[]): Promise<Grants> {
    const index = await this.index()
    const key = JSON.stringify([subject, ...groups])
    const known = this.compiled.get(key)
    if (known !== undefined) return known
    const grants = grantsFor(index, subject, groups)
    // Somebody may have read a newer policy meanwhile.
    if (index === this.known?.index) this.remember(key, grants)
    return grants
  }

  /** The policy with the roles of all projects, at most a second old. */
  async index(): Promise<PolicyIndex> {
    if (this.known !== undefined && this.deps.clock.monotonic() < this.known.until) return this.known.index
    if (this.reading !== undefined) return this.reading
    const reading = this.read(this.edits)
    this.reading = reading
    const end = (): void => {
      if (this.reading === reading) this.reading = undefined
    }
    reading.then(end, end)
    return reading
  }

  /** After an edit in this process: the next question reads again. */
  forget(): void {
    this.edits += 1
    this.known = undefined
    this.reading = undefined
    this.compiled.clear()
  }

  private async read(edits: number): Promise<PolicyIndex> {
    const until = this.deps.clock.monotonic() + LOOK_AGAIN_MS
    const [policy, projects] = await Promise.all([this.deps.policy.run(), this.deps.projects.list()])
    const version = versionOf(policy, projects)
    const index = this.known?.version === version ? this.known.index : indexOf(policy, projects)
    // Begun before the last edit of this process: it may not have seen it.
    if (edits !== this.edits) return index
    if (this.known?.version !== version) this.compiled.clear()
    this.known = { version, index, until }
    return index
  }

  private remember(key: string, grants: Grants): void {
    if (this.compiled.size >= MAX_SUBJECTS) this.compiled.clear()
    this.compiled.set(key, grants)
  }
}

function versionOf({ generation, document }: StoredPolicy, projects: readonly Project[]): string {
  return JSON.stringify([
    generation,
    generation === 0 ? document.csv : '',
    ...projects.map((project) => [project.id, project.generation]),
  ])
}

function indexOf({ document }: StoredPolicy, projects: readonly Project[]): PolicyIndex {
  return indexPolicy(document, rolesOf(projects))
}

/** The roles of the projects that have some. */
export function rolesOf(projects: readonly Project[]): readonly RolesOfProject[] {
  return projects.flatMap(({ name, spec }) =>
    spec.roles === undefined ? [] : [{ project: name, roles: spec.roles }],
  )
}
