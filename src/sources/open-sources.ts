import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { GitSource } from '../git/git-source.js'
import type { Renderer } from '../render/renderer.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { CredentialTemplateStore } from '../store/credential-template-store.js'
import type { RenderStore, RepositoryStore } from '../store/directory-stores.js'
import type { Fence } from '../store/records.js'
import type { Vault } from '../vault/vault.js'
import { ContactRepository } from './contact-repository.js'
import { LookAtHeads } from './look-at-heads.js'
import { PlanRenders } from './plan-renders.js'
import { PollRepositories } from './poll-repositories.js'
import { RefreshApplication } from './refresh-application.js'
import { RefreshRepository } from './refresh-repository.js'
import { RenderApplications } from './render-applications.js'
import { RenderSource } from './render-source.js'
import { RepositoryTurns } from './repository-turns.js'
import { ResolveSources } from './resolve-sources.js'

export interface SourcesDeps {
  readonly applications: ApplicationStore
  readonly repositories: RepositoryStore
  readonly credentialTemplates: CredentialTemplateStore
  readonly renders: RenderStore
  readonly git: GitSource
  readonly renderer: Renderer
  readonly vault: Vault
  readonly clock: Clock
  readonly logger: Logger
  /** From 0 to below 1; spreads the polls. */
  readonly random: () => number
  readonly pollIntervalSeconds?: number
  readonly pollJitterSeconds?: number
  /** Does this process own the repository? Default: all of them. */
  readonly owns?: (repositoryId: string) => boolean
  /** Goes with what is written of a repository. Throws CONFLICT when another process owns it. Default: none. */
  readonly fence?: (repositoryId: string) => Fence
  /** Wakes the owner of a repository. */
  readonly handOver?: (repositoryId: string) => Promise<void>
  /** Refs of the repository moved, and nobody looked yet whom that affects. */
  readonly onMoved?: (repositoryId: string) => void
}

export interface Sources {
  readonly refreshRepository: RefreshRepository
  readonly refreshApplication: RefreshApplication
  readonly pollRepositories: PollRepositories
}

/** What a source worker does, over one set of turns: these three must come from one call. */
export function openSources(deps: SourcesDeps): Sources {
  const turns = new RepositoryTurns(deps.fence)
  const contact = new ContactRepository(deps)
  const renderSource = new RenderSource(deps)
  const resolve = new ResolveSources({ ...deps, contact })
  const plan = new PlanRenders({ ...deps, renderSource })
  const render = new RenderApplications({ ...deps, renderSource, resolve, plan })
  const heads = new LookAtHeads({ ...deps, contact })
  const refreshApplication = new RefreshApplication({ ...deps, contact, heads, render, turns })
  const refreshRepository = new RefreshRepository({ ...deps, contact, render, refreshApplication, turns })
  const { pollIntervalSeconds = 120, pollJitterSeconds = 60 } = deps
  const pollRepositories = new PollRepositories({
    ...deps,
    heads,
    turns,
    refresh: refreshRepository,
    intervalSeconds: pollIntervalSeconds,
    jitterSeconds: pollJitterSeconds,
  })
  return { refreshRepository, refreshApplication, pollRepositories }
}
