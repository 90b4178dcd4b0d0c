import { registerEnumType } from '@nestjs/graphql'

/** GraphQL enums are SCREAMING_CASE outside and the domain's own words inside. */
export const SyncStatusEnum = { SYNCED: 'Synced', OUT_OF_SYNC: 'OutOfSync', UNKNOWN: 'Unknown' } as const

export const HealthStatusEnum = {
  HEALTHY: 'Healthy',
  SUSPENDED: 'Suspended',
  PROGRESSING: 'Progressing',
  MISSING: 'Missing',
  DEGRADED: 'Degraded',
  UNKNOWN: 'Unknown',
} as const

export const OperationPhaseEnum = {
  RUNNING: 'Running',
  TERMINATING: 'Terminating',
  FAILED: 'Failed',
  ERROR: 'Error',
  SUCCEEDED: 'Succeeded',
} as const

export const OperationKindEnum = { SYNC: 'sync', DELETE: 'delete' } as const

export const ManifestSourceEnum = { LIVE: 'live', GIT: 'git' } as const

export const OutcomeEnum = {
  CREATED: 'created',
  CONFIGURED: 'configured',
  UNCHANGED: 'unchanged',
  PRUNED: 'pruned',
  SKIPPED: 'skipped',
  FAILED: 'failed',
} as const

/** How one object is made as declared. */
export const ApplyModeEnum = { APPLY: 'apply', REPLACE: 'replace', RECREATE: 'recreate' } as const

export const SyncBlockKindEnum = {
  RENDER: 'render',
  CLUSTER: 'cluster',
  PROJECT: 'project',
  WINDOW: 'window',
  OPTION: 'option',
  CONFIRMATION: 'confirmation',
  PERMISSION: 'permission',
  OPERATION: 'operation',
  DELETION: 'deletion',
} as const

export const StepKindEnum = {
  PLANNED: 'planned',
  WAVE_STARTED: 'waveStarted',
  DRY_RUN: 'dryRun',
  APPLIED: 'applied',
  PRUNED: 'pruned',
  RETRIED: 'retried',
  TERMINATED: 'terminated',
  FINISHED: 'finished',
} as const

export const PropagationEnum = {
  FOREGROUND: 'foreground',
  BACKGROUND: 'background',
  ORPHAN: 'orphan',
} as const

/** RFC 6902 and RFC 7386. */
export const PatchTypeEnum = { JSON: 'json', MERGE: 'merge' } as const

export const ChangeKindEnum = { CHANGED: 'changed', DELETED: 'deleted', START_ANEW: 'startAnew' } as const

export const AccountCapabilityEnum = { LOGIN: 'login', API_KEY: 'apiKey' } as const

export const ApplicationSortFieldEnum = {
  NAME: 'name',
  CREATED_AT: 'createdAt',
  HEALTH: 'health',
  SYNC: 'sync',
  LAST_SYNC: 'lastSync',
} as const

registerEnumType(ManifestSourceEnum, { name: 'ManifestSource' })
registerEnumType(SyncStatusEnum, { name: 'SyncStatus' })
registerEnumType(HealthStatusEnum, { name: 'HealthStatus' })
registerEnumType(OperationPhaseEnum, { name: 'OperationPhase' })
registerEnumType(OperationKindEnum, { name: 'OperationKind' })
registerEnumType(OutcomeEnum, { name: 'Outcome' })
registerEnumType(ApplyModeEnum, { name: 'ApplyMode' })
registerEnumType(SyncBlockKindEnum, { name: 'SyncBlockKind' })
registerEnumType(StepKindEnum, { name: 'OperationStepKind' })
registerEnumType(PropagationEnum, { name: 'DeletionPropagation' })
registerEnumType(PatchTypeEnum, { name: 'PatchType' })
registerEnumType(ChangeKindEnum, { name: 'ChangeKind' })
registerEnumType(AccountCapabilityEnum, { name: 'AccountCapability' })
registerEnumType(ApplicationSortFieldEnum, { name: 'ApplicationSortField' })
