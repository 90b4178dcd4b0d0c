export type PruneOption = boolean | 'confirm'
export type PropagationPolicy = 'foreground' | 'background' | 'orphan'

/** The sync options of contract 2.5, with their defaults filled in. */
export interface SyncOptions {
  /** May the object be pruned; `confirm` asks a person first. */
  readonly prune: PruneOption
  /** May the object be deleted together with its application. */
  readonly delete: PruneOption
  readonly pruneLast: boolean
  readonly prunePropagation: PropagationPolicy
  readonly validate: boolean
  readonly skipDryRunOnMissingResource: boolean
  readonly applyOutOfSyncOnly: boolean
  readonly replace: boolean
  readonly force: boolean
  /** Undefined = not said: Lockstep's default, which is server-side apply. */
  readonly serverSideApply: boolean | undefined
  readonly clientSideApplyMigration: boolean
  readonly createNamespace: boolean
  readonly failOnSharedResource: boolean
  readonly respectIgnoreDifferences: boolean
}

export const DEFAULT_SYNC_OPTIONS: SyncOptions = {
  prune: true,
  delete: true,
  pruneLast: false,
  prunePropagation: 'foreground',
  validate: true,
  skipDryRunOnMissingResource: false,
  applyOutOfSyncOnly: false,
  replace: false,
  force: false,
  serverSideApply: undefined,
  clientSideApplyMigration: true,
  createNamespace: false,
  failOnSharedResource: false,
  respectIgnoreDifferences: false,
}

/** Where options come from; later wins: application, then object. `operation` replaces `application` altogether. */
export interface SyncOptionSources {
  /** `spec.syncPolicy.syncOptions`. */
  readonly application?: readonly string[]
  /** `syncOptions` of the operation. */
  readonly operation?: readonly string[]
  /** Annotations of the object. */
  readonly annotations?: Readonly<Record<string, string>>
}

type Mutable<T> = { -readonly [K in keyof T]?: T[K] }
type Setter = (options: Mutable<SyncOptions>, value: string) => void

const ANNOTATION = 'argocd.argoproj.io/sync-options'
const RESOURCE_POLICY = 'helm.sh/resource-policy'
const PROPAGATIONS: readonly string[] = ['foreground', 'background', 'orphan']

function flag(field: FlagField): Setter {
  return (options, value) => {
    if (value === 'true' || value === 'false') options[field] = value === 'true'
  }
}

type FlagField = Exclude<keyof SyncOptions, 'prune' | 'delete' | 'prunePropagation'>

function tristate(field: 'prune' | 'delete'): Setter {
  return (options, value) => {
    if (value === 'true' || value === 'false') options[field] = value === 'true'
    if (value === 'confirm') options[field] = 'confirm'
  }
}

const SETTERS = new Map<string, Setter>([
  ['Prune', tristate('prune')],
  ['Delete', tristate('delete')],
  ['PruneLast', flag('pruneLast')],
  [
    'PrunePropagationPolicy',
    (options, value) => {
      if (PROPAGATIONS.includes(value)) options.prunePropagation = value as PropagationPolicy
    },
  ],
  ['Validate', flag('validate')],
  ['SkipDryRunOnMissingResource', flag('skipDryRunOnMissingResource')],
  ['ApplyOutOfSyncOnly', flag('applyOutOfSyncOnly')],
  ['Replace', flag('replace')],
  ['Force', flag('force')],
  ['ServerSideApply', flag('serverSideApply')],
  ['ClientSideApplyMigration', flag('clientSideApplyMigration')],
  ['CreateNamespace', flag('createNamespace')],
  ['FailOnSharedResource', flag('failOnSharedResource')],
  ['RespectIgnoreDifferences', flag('respectIgnoreDifferences')],
])

/**
 * The options in force (contract 2.5). The annotation `argocd.argoproj.io/sync-options` is a comma list, blanks around
 * its parts do not count; `helm.sh/resource-policy: keep` is `Delete=false`. Unknown options and values are ignored.
 */
export function syncOptions(sources: SyncOptionSources): SyncOptions {
  const options: Mutable<SyncOptions> = {}
  for (const text of [
    ...(sources.operation ?? sources.application ?? []),
    ...optionsOfObject(sources.annotations ?? {}),
  ]) {
    const [name = '', value = '', ...rest] = text.split('=')
    if (rest.length === 0) SETTERS.get(name.trim())?.(options, value.trim())
  }
  return { ...DEFAULT_SYNC_OPTIONS, ...options }
}

function optionsOfObject(annotations: Readonly<Record<string, string>>): readonly string[] {
  const keep = annotations[RESOURCE_POLICY]?.trim() === 'keep' ? ['Delete=false'] : []
  return [...keep, ...(annotations[ANNOTATION] ?? '').split(',')]
}
