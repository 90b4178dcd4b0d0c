import type { Provider } from '@nestjs/common'
import { ApplicationChanges } from '../applications/application-changes.js'
import { ChangeApplications } from '../applications/change-applications.js'
import { CheckApplicationSpec } from '../applications/check-application-spec.js'
import { CheckSyncWindows } from '../applications/check-sync-windows.js'
import { ConfirmDeletion } from '../applications/confirm-deletion.js'
import { CreateApplication } from '../applications/create-application.js'
import { DeleteApplication } from '../applications/delete-application.js'
import { DiffApplication } from '../applications/diff-application.js'
import { FollowOperation } from '../applications/follow-operation.js'
import { GetApplication } from '../applications/get-application.js'
import { ListApplications } from '../applications/list-applications.js'
import { LookIntoApplication } from '../applications/look-into-application.js'
import { PatchApplication } from '../applications/patch-application.js'
import { PreviewSync } from '../applications/preview-sync.js'
import { RefreshApplicationRequest } from '../applications/refresh-application-request.js'
import { RequestSync } from '../applications/request-sync.js'
import { RollbackApplication } from '../applications/rollback-application.js'
import { SelectApplications } from '../applications/select-applications.js'
import { StalenessWatch } from '../applications/staleness-watch.js'
import { TerminateOperation } from '../applications/terminate-operation.js'
import { UpdateApplication } from '../applications/update-application.js'
import { AddCluster } from '../clusters/add-cluster.js'
import { ChangeCluster } from '../clusters/change-cluster.js'
import { ListClusters } from '../clusters/list-clusters.js'
import { PauseWrites } from '../clusters/pause-writes.js'
import { RotateCredential } from '../clusters/rotate-credential.js'
import { RemoveCluster } from '../clusters/remove-cluster.js'
import { Authenticate } from '../login/authenticate.js'
import { CreateProject } from '../projects/create-project.js'
import { GetProject } from '../projects/get-project.js'
import { ListProjects } from '../projects/list-projects.js'
import { RemoveProject } from '../projects/remove-project.js'
import { AddRepository } from '../repositories/add-repository.js'
import { GetRepository } from '../repositories/get-repository.js'
import { InheritsCredential } from '../repositories/inherits-credential.js'
import { ListCredentialTemplates } from '../repositories/list-credential-templates.js'
import { ListRepositories } from '../repositories/list-repositories.js'
import { RemoveCredentialTemplate } from '../repositories/remove-credential-template.js'
import { RemoveRepository } from '../repositories/remove-repository.js'
import { SaveCredentialTemplate } from '../repositories/save-credential-template.js'
import { EventBus } from '../events/event-bus.js'
import { OperationStore } from '../store/operation-store.js'
import { auditFeatures } from './audit/audit-features.js'
import type { GatewayDeps } from './gateway-deps.js'
import { loginFeatures, sessionLimits } from './login/login-features.js'
import { grantsOfGateway, policyFeatures } from './policy/policy-features.js'
import { GatewaySettings } from './gateway-settings.js'

/** Each action once, under its own class as token: resolvers ask for it by type. */
export function featureProviders(deps: GatewayDeps, authenticate: Authenticate): Provider[] {
  return [
    { provide: GatewaySettings, useValue: deps.settings },
    { provide: EventBus, useValue: deps.eventBus },
    { provide: OperationStore, useValue: deps.stores.operations },
    ...values(applicationFeatures(deps)),
    ...values(directoryFeatures(deps)),
    ...values(repositoryFeatures(deps)),
    ...values(auditFeatures(deps)),
    ...values(policyFeatures(deps, authenticate)),
    ...values(loginFeatures(deps, authenticate)),
  ]
}

/** Who asks; made before Nest starts, since the HTTP hooks need it too. */
export function createAuthenticate(deps: GatewayDeps): Authenticate {
  const loadGrants = grantsOfGateway(deps)
  return new Authenticate({
    accounts: deps.stores.accounts,
    clock: deps.clock,
    limits: sessionLimits(deps.settings),
    grantsOf: (subject, groups) => loadGrants.run(subject, groups),
  })
}

function applicationFeatures(deps: GatewayDeps): readonly object[] {
  const { applications, applicationList, operations, repositories, audit, projects, clusters } = deps.stores
  const { clock, newId } = deps
  const checkSpec = new CheckApplicationSpec({ projects, clusters, repositories })
  const windows = new CheckSyncWindows({ projects, clusters, clock })
  const update = new UpdateApplication({ applications, checkSpec })
  const sync = new RequestSync({ applications, operations, windows, clock, newId })
  const refresh = new RefreshApplicationRequest({ applications, repositories, audit })
  const remove = new DeleteApplication({ applications, operations, clock, newId })
  const select = new SelectApplications(applicationList)
  return [
    update,
    windows,
    sync,
    refresh,
    remove,
    new ChangeApplications({ select, sync, refresh, remove }),
    new RollbackApplication({ applications, operations, checkSpec, sync }),
    new PatchApplication({ applications, checkSpec, update }),
    new CreateApplication({ applications, checkSpec, update, clock, newId }),
    new GetApplication(applicationList),
    new ListApplications(applicationList),
    new ApplicationChanges({
      eventBus: deps.eventBus,
      staleness: new StalenessWatch(applicationList, deps.logger),
      clock,
    }),
    new ConfirmDeletion({ applications, operations, clock }),
    new TerminateOperation({ applications, operations }),
    new FollowOperation({ applications, operations, eventBus: deps.eventBus }),
    new PreviewSync({ applications, operations, windows, liveReads: deps.liveReads }),
    new DiffApplication(applications, deps.liveReads),
    new LookIntoApplication({ applications, operations, liveReads: deps.liveReads }),
  ]
}

function directoryFeatures(deps: GatewayDeps): readonly object[] {
  const { applications, applicationList, projects, clusters } = deps.stores
  const { clock, newId, vault } = deps
  return [
    new CreateProject({ projects, applications, newId }),
    new GetProject(projects),
    new ListProjects(projects),
    new RemoveProject(projects, applicationList),
    new AddCluster({ clusters, probe: deps.clusterProbe, vault, clock, newId }),
    new ListClusters(clusters, deps.stores.heartbeats),
    new RemoveCluster(clusters, applications),
    new RotateCredential(clusters, deps.credentialRenewal),
    new ChangeCluster({ clusters, projects, applications }),
    new PauseWrites(clusters, deps.stores.settings),
  ]
}

function repositoryFeatures(deps: GatewayDeps): readonly object[] {
  const { repositories, credentialTemplates, projects, applications } = deps.stores
  const { clock, newId, vault } = deps
  return [
    new AddRepository({ repositories, projects, vault, check: deps.connectionCheck, clock, newId }),
    new GetRepository(repositories),
    new ListRepositories(repositories),
    new RemoveRepository(repositories, applications),
    new InheritsCredential(repositories, credentialTemplates),
    new ListCredentialTemplates(credentialTemplates),
    new SaveCredentialTemplate({ credentialTemplates, repositories, vault, clock, newId }),
    new RemoveCredentialTemplate(credentialTemplates, repositories),
  ]
}

function values(features: readonly object[]): Provider[] {
  return features.map((feature) => ({ provide: feature.constructor, useValue: feature }))
}
