import type { Application } from '../engine/application/application.js'
import type { Project } from '../engine/project/project.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import type { Operation } from '../engine/sync/operation.js'
import type { Desired } from './records.js'

/** What a run of the loop has to know about its application, as of one moment. */
export interface ApplicationFacts {
  readonly application: Application
  readonly desired: Desired | undefined
  /** The operation that is not over. */
  readonly active: Operation | undefined
  /** The newest operation, when none is active. */
  readonly last: Operation | undefined
  /** The project that its spec names, when that exists. */
  readonly project: Project | undefined
  /** The cluster of its destination, when that is known. */
  readonly clusterId: string | undefined
  /** The projects of those of its repositories that belong to one, by normalised URL. */
  readonly repositoryProjects: Readonly<Record<string, string>> | undefined
  /** As it was saved last, when it was asked for. */
  readonly status: ApplicationStatus | undefined
}

/** The read model of the loop: one question per run. */
export abstract class ApplicationFactsReader {
  /** Undefined when there is no such application. */
  abstract of(
    applicationId: string,
    wanted: { readonly status: boolean },
  ): Promise<ApplicationFacts | undefined>
}
