import { sourcesOf, type ApplicationSpec } from '../application/application.js'
import { normalizeRepositoryUrl } from '../application/repository-url.js'
import {
  permitsDestination,
  permitsKind,
  permitsNamespace,
  permitsSource,
  type KindQuestion,
} from './permits.js'
import type { Project } from './project.js'

type Rules = Pick<Project, 'name' | 'spec'>

/** A cluster as it is known, whatever the application calls it. */
export interface KnownCluster {
  readonly server: string
  readonly name: string
  /** The project that it belongs to. */
  readonly project?: string
}

export interface ApplicationQuestion {
  readonly namespace: string
  readonly spec: ApplicationSpec
  readonly cluster: KnownCluster
  /** Projects of the repositories that belong to one, by normalised URL. */
  readonly repositoryProjects?: Readonly<Record<string, string>> | undefined
}

/**
 * May this application be in its project: its namespace, every source, its destination (contract 1.10)? `undefined` =
 * yes, else why not. Asked when it is saved and again by every run of its owner, since the project may have changed.
 */
export function permitsApplication(project: Rules, question: ApplicationQuestion): string | undefined {
  const { namespace, spec, cluster, repositoryProjects = {} } = question
  return (
    permitsNamespace(project, namespace) ??
    repositoriesOf(spec)
      .map((url) => permitsSource(project, url, repositoryProjects[normalizeRepositoryUrl(url)]))
      .find((reason) => reason !== undefined) ??
    permitsDestination(project, { ...cluster, namespace: spec.destination.namespace ?? '' })
  )
}

/** Every repository that an application reads from or writes to. */
export function repositoriesOf(spec: ApplicationSpec): readonly string[] {
  const { drySource, syncSource } = spec.sourceHydrator ?? {}
  const hydrated = [drySource?.repoURL, syncSource?.repoURL].filter((url) => url !== undefined)
  return [...sourcesOf(spec).map(({ repoURL }) => repoURL), ...hydrated]
}

/** May the project create, change or delete this very object there? `undefined` = yes, else why not. */
export function permitsObject(
  project: Rules,
  cluster: KnownCluster,
  object: KindQuestion & { readonly namespace: string },
): string | undefined {
  const refused = permitsKind(project, object)
  if (refused !== undefined || !object.namespaced) return refused
  return permitsDestination(project, { ...cluster, namespace: object.namespace })
}
