import { AppError } from '../base/app-error.js'
import type { ApplicationSpec, Destination } from '../engine/application/application.js'
import { sourcesOf } from '../engine/application/application.js'
import { problemText, type FieldProblem } from '../engine/application/field-problem.js'
import {
  validateApplication,
  validateApplicationSpec,
  type ValidApplication,
} from '../engine/application/validate-application.js'
import { permitsDestination, permitsSource } from '../engine/project/permits.js'
import type { Project } from '../engine/project/project.js'
import type { ClusterStore, ProjectStore } from '../store/directory-stores.js'

/** An application as it came in. */
export interface WrittenApplication {
  readonly name: string
  readonly namespace: string
  readonly spec: unknown
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** What every writer of a spec asks first: is it well formed, and does its project permit it? */
export class CheckApplicationSpec {
  private readonly projects: ProjectStore
  private readonly clusters: ClusterStore

  constructor(projects: ProjectStore, clusters: ClusterStore) {
    this.projects = projects
    this.clusters = clusters
  }

  /** The whole application when it is well formed; BAD_USER_INPUT with every fault otherwise. */
  whole(wish: WrittenApplication): ValidApplication {
    const { spec, ...metadata } = wish
    return this.document(wish.name, { metadata, spec })
  }

  /** `{metadata, spec}`, or a manifest; `name` is for the error. */
  document(name: string, written: unknown): ValidApplication {
    const checked = validateApplication(written)
    if ('problems' in checked) throw faulty(name, checked.problems)
    return checked.application
  }

  /** The spec alone, for edits. */
  parse(name: string, spec: unknown): ApplicationSpec {
    const checked = validateApplicationSpec(spec)
    if ('problems' in checked) throw faulty(name, checked.problems)
    return checked.spec
  }

  /** Throws when the project is missing, or does not permit a source or the destination. */
  async permit(name: string, spec: ApplicationSpec): Promise<void> {
    const project = await this.projects.byName(spec.project)
    if (project === undefined) {
      throw new AppError(
        'BAD_USER_INPUT',
        `Cannot save application "${name}": project "${spec.project}" does not exist.`,
      )
    }
    const reason = sourceReason(project, spec) ?? (await this.destinationReason(project, spec.destination))
    if (reason !== undefined)
      throw new AppError('BAD_USER_INPUT', `Cannot save application "${name}": ${reason}`)
  }

  private async destinationReason(project: Project, destination: Destination): Promise<string | undefined> {
    const cluster = await this.clusters.byServerOrName(destination.server, destination.name)
    if (cluster === undefined) {
      const asked = destination.name ?? destination.server ?? ''
      return `no cluster "${asked}" is connected. Connect it with: lockstep cluster add`
    }
    return permitsDestination(project, {
      server: cluster.server,
      name: cluster.name,
      namespace: destination.namespace ?? '',
    })
  }
}

function sourceReason(project: Project, spec: ApplicationSpec): string | undefined {
  const { drySource, syncSource } = spec.sourceHydrator ?? {}
  const hydrated = [drySource?.repoURL, syncSource?.repoURL].filter((url) => url !== undefined)
  for (const repoURL of [...sourcesOf(spec).map((source) => source.repoURL), ...hydrated]) {
    const reason = permitsSource(project, repoURL)
    if (reason !== undefined) return reason
  }
  return undefined
}

function faulty(name: string, problems: readonly FieldProblem[]): AppError {
  return new AppError('BAD_USER_INPUT', `Cannot save application "${name}": ${problemText(problems)}`)
}
