import { reasonOf, AppError } from '../base/app-error.js'
import type { Application, IgnoreDifference } from '../engine/application/application.js'
import { syncOptions, type SyncOptions } from '../engine/application/sync-options.js'
import { compareRulesFor, NO_COMPARE_RULES, type CompareRules } from '../engine/diff/compare-rules.js'
import { FIELD_MANAGER } from '../engine/diff/field-set.js'
import { mergeApplied, withLastApplied } from '../engine/diff/merge-applied.js'
import { respectIgnored, withoutIgnored } from '../engine/diff/respect-ignored.js'
import { keyOf, type Manifest } from '../engine/manifest/manifest.js'
import { onlyClientSide } from '../engine/sync/apply-mode.js'
import type { Applied } from '../kube/cluster.js'
import type { ClusterSession } from './cluster-session.js'

export interface WriteWish {
  readonly session: Pick<ClusterSession, 'cluster'>
  /** In force for this object. */
  readonly options: SyncOptions
  /** `spec.ignoreDifferences`; counts with `RespectIgnoreDifferences=true`. */
  readonly ignored: readonly IgnoreDifference[]
  /** Only ask what would come of it. */
  readonly dryRun?: boolean
}

/** The wish of an application for one of its objects, when no operation brings options of its own. */
export function writeWish({ spec }: Application, declared: Manifest): Pick<WriteWish, 'options' | 'ignored'> {
  const annotations = declared.metadata.annotations ?? {}
  const application = spec.syncPolicy?.syncOptions ?? []
  return { options: syncOptions({ application, annotations }), ignored: spec.ignoreDifferences ?? [] }
}

export interface WrittenObject extends Applied {
  /** What was declared, but for the fields that are ignored. */
  readonly sent: Manifest
  /** It was applied on the client side, so the live object does not say which fields are ours. */
  readonly clientSide: boolean
  /** For people. */
  readonly notes: readonly string[]
}

/**
 * Applies one object: on the server side, unless `ServerSideApply=false` asks for the other way or the server refuses
 * what only a client-side apply takes (design 5). Errors are those of the cluster; CONFLICT of a client-side apply says
 * that somebody wrote in between: observe again.
 */
export async function writeObject(declared: Manifest, wish: WriteWish): Promise<WrittenObject> {
  const rules = rulesOf(declared, wish)
  if (wish.options.serverSideApply === false) return clientSide(declared, { ...wish, rules })
  try {
    return await serverSide(declared, { ...wish, rules })
  } catch (error) {
    const reason = error instanceof AppError ? onlyClientSide(reasonOf(error), wish.options) : undefined
    if (reason === undefined) throw error
    const written = await clientSide(declared, { ...wish, rules })
    return { ...written, notes: [`applied on the client side: ${reason}`] }
  }
}

type RuledWish = WriteWish & { readonly rules: CompareRules }

function rulesOf(declared: Manifest, { options, ignored }: WriteWish): CompareRules {
  return options.respectIgnoreDifferences ? compareRulesFor(keyOf(declared), ignored) : NO_COMPARE_RULES
}

function isIgnoring({ ignorePointers, ignoreManagers }: CompareRules): boolean {
  return ignorePointers.length > 0 || ignoreManagers.length > 0
}

async function serverSide(declared: Manifest, wish: RuledWish): Promise<WrittenObject> {
  const { cluster } = wish.session
  const { rules, options, dryRun = false } = wish
  // What is created, is created as declared.
  const live = isIgnoring(rules) ? await cluster.get(keyOf(declared)) : undefined
  const sent = live === undefined ? declared : respectIgnored(declared, live, rules)
  const fieldValidation = options.validate ? 'Warn' : 'Ignore'
  const applied = await cluster.apply(sent, { fieldManager: FIELD_MANAGER, fieldValidation, dryRun })
  return { ...applied, sent, clientSide: false, notes: [] }
}

async function clientSide(declared: Manifest, wish: RuledWish): Promise<WrittenObject> {
  const { cluster } = wish.session
  const { rules, options, dryRun = false } = wish
  const write = { dryRun, fieldValidation: options.validate ? 'Strict' : 'Ignore' } as const
  const live = await cluster.get(keyOf(declared))
  if (live === undefined) {
    const applied = await cluster.create(withLastApplied(declared), write)
    return { ...applied, sent: declared, clientSide: true, notes: [] }
  }
  const sent = isIgnoring(rules) ? withoutIgnored(declared, live, rules) : declared
  const merged = mergeApplied(sent, live, rules)
  const { resourceVersion = '' } = live.metadata
  const applied = await cluster.replace(merged, { ...write, resourceVersion })
  return { ...applied, sent, clientSide: true, notes: [] }
}
