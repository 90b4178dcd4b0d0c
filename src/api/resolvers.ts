import type { Type } from '@nestjs/common'
import { ApplicationChangesResolver } from './application/application-changes.resolver.js'
import { ApplicationConnectionResolver } from './application/application-connection.resolver.js'
import { ApplicationFieldsResolver } from './application/application-fields.resolver.js'
import {
  ApplicationChangeResolver,
  ApplicationResolver,
  ApplicationWorkResolver,
} from './application/application.resolver.js'
import { ApplicationEditResolver } from './application/application-edits.resolver.js'
import { ApplicationsChangeResolver } from './application/applications-change.resolver.js'
import { AuditResolver } from './audit/audit.resolver.js'
import { ClusterResolver } from './cluster/cluster.resolver.js'
import { PauseWritesResolver } from './cluster/pause-writes.resolver.js'
import { AccountChangeResolver, AccountResolver, PasswordResolver } from './account/account.resolver.js'
import { RoleTokenResolver, TokenResolver } from './account/token.resolver.js'
import { LoginResolver, SessionResolver, ViewerResolver } from './login/login.resolver.js'
import { OperationProgressResolver } from './operation/operation-progress.resolver.js'
import { OperationResolver } from './operation/operation.resolver.js'
import { PolicyResolver } from './policy/policy.resolver.js'
import { ApplicationWindowsResolver } from './project/application-windows.resolver.js'
import { ProjectChangeResolver, ProjectResolver } from './project/project.resolver.js'
import { LiveStreamsResolver } from './resource/live-streams.resolver.js'
import { ResourceReadsResolver } from './resource/resource-reads.resolver.js'
import { CredentialTemplateResolver } from './repository/credential-template.resolver.js'
import { RepositoryChangeResolver, RepositoryResolver } from './repository/repository.resolver.js'

/** Every resolver, always as a class: Nest 14.0 loses guards on resolvers made by factories. */
export const RESOLVERS: readonly Type[] = [
  ApplicationResolver,
  ApplicationChangeResolver,
  ApplicationWorkResolver,
  ApplicationEditResolver,
  ApplicationsChangeResolver,
  ApplicationFieldsResolver,
  ApplicationWindowsResolver,
  ApplicationConnectionResolver,
  ApplicationChangesResolver,
  ResourceReadsResolver,
  LiveStreamsResolver,
  OperationResolver,
  OperationProgressResolver,
  AuditResolver,
  PolicyResolver,
  ProjectResolver,
  ProjectChangeResolver,
  RepositoryResolver,
  RepositoryChangeResolver,
  CredentialTemplateResolver,
  ClusterResolver,
  PauseWritesResolver,
  ViewerResolver,
  LoginResolver,
  SessionResolver,
  AccountResolver,
  AccountChangeResolver,
  PasswordResolver,
  TokenResolver,
  RoleTokenResolver,
]
