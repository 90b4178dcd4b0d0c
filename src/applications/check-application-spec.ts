import { AppError } from '../base/app-error.js'
import type { ApplicationSpec } from '../engine/application/application.js'
import { problemText, type FieldProblem } from '../engine/application/field-problem.js'
import {
  validateApplication,
  validateApplicationSpec,
  type ValidApplication,
} from '../engine/application/validate-application.js'
import { permitsApplication, repositoriesOf } from '../engine/project/permits-application.js'
import type { Project } from '../engine/project/project.js'
import type { ClusterStore, ProjectStore, RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { ApplicationName } from './application-access.js'

/** An application as it came in. */
export interface WrittenApplication {
  readonly name: string
  readonly namespace: string
  readonly spec: unknown
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface CheckApplicationSpecDeps {
  readonly projects: ProjectStore
  readonly clusters: ClusterStore
  readonly repositories: Pick<RepositoryStore, 'byUrl'>
}

/** What every writer of a spec asks first: is it well formed, and does its project permit it? */
export class CheckApplicationSpec {
  private readonly projects: ProjectStore
  private readonly clusters: ClusterStore
  private readonly repositories: Pick<RepositoryStore, 'byUrl'>

  constructor({ projects, clusters, repositories }: CheckApplicationSpecDeps) {
    this.projects = projects
    this.clusters = clusters
    this.repositories = repositories
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

  /** Throws when the project is missing, or does not permit the namespace, a source or the destination. */
  async permit({ name, namespace }: ApplicationName, spec: ApplicationSpec): Promise<void> {
    const project = await this.projects.byName(spec.project)
    const reason =
      project === undefined
        ? `project "${spec.project}" does not exist.`
        : await this.reason(project, { namespace, spec })
    if (reason !== undefined)
      throw new AppError('BAD_USER_INPUT', `Cannot save application "${name}": ${reason}`)
  }

  private async reason(
    project: Project,
    { namespace, spec }: { readonly namespace: string; readonly spec: ApplicationSpec },
  ): Promise<string | undefined> {
    const { server, name } = spec.destination
    const cluster = await this.clusters.byServerOrName(server, name)
    if (cluster === undefined)
      return `no cluster "${name ?? server ?? ''}" is connected. Connect it with: lockstep cluster add`
    const urls = repositoriesOf(spec).map(normalizedUrl)
    const known = await Promise.all(urls.map((url) => this.repositories.byUrl(url)))
    const repositoryProjects = Object.fromEntries(
      known.flatMap((one) => (one?.project === undefined ? [] : [[one.normalizedUrl, one.project]])),
    )
    return permitsApplication(project, { namespace, spec, cluster, repositoryProjects })
  }
}

function faulty(name: string, problems: readonly FieldProblem[]): AppError {
  return new AppError('BAD_USER_INPUT', `Cannot save application "${name}": ${problemText(problems)}`)
}
