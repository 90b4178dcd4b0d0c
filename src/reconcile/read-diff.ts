import type { FieldDifference, ResourceDiff } from '../applications/live-reads.js'
import type { Application } from '../engine/application/application.js'
import { compareObject } from '../engine/diff/compare.js'
import { compareRulesFor } from '../engine/diff/compare-rules.js'
import type { Difference } from '../engine/diff/difference.js'
import { maskDifferences, maskSecret } from '../engine/diff/mask-secret.js'
import type { JsonValue, Manifest } from '../engine/manifest/manifest.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget, Comparison, ExtraObject } from './comparison.js'
import { writeObject, writeWish } from './write-object.js'

export interface ReadDiffWish {
  readonly application: Application
  readonly session: ClusterSession
  /** Also by a dry run what an apply would make of it. */
  readonly predict: boolean
}

/** What differs, object by object in sync order; of a Secret only that it does. */
export function readDiff(comparison: Comparison, wish: ReadDiffWish): Promise<readonly ResourceDiff[]> {
  const changed = comparison.targets.filter(({ state }) => state !== 'inSync')
  const extras = comparison.extras.filter(({ live }) => live !== undefined)
  return Promise.all([
    ...changed.map((compared) => targetDiff(compared, wish)),
    ...extras.map((extra) => extraDiff(extra, wish.session)),
  ])
}

async function targetDiff(
  compared: ComparedTarget,
  { application, session, predict }: ReadDiffWish,
): Promise<ResourceDiff> {
  const { key, manifest } = compared.target
  const found = compared.live === undefined ? undefined : await session.cluster.get(key)
  const { desired: target, live } = maskSecret(manifest, found)
  const predicted =
    predict && found !== undefined ? await dryRun(manifest, { application, session }) : undefined
  const differences = maskDifferences(manifest, differencesOf(compared, application, found), found).map(
    ({ path, desired, live: value }): FieldDifference => ({
      path,
      ...(desired === undefined ? {} : { declared: desired as JsonValue }),
      ...(value === undefined ? {} : { live: value as JsonValue }),
    }),
  )
  return {
    ...key,
    ...(target === undefined ? {} : { target }),
    ...(live === undefined ? {} : { live }),
    ...(predicted === undefined ? {} : { predicted }),
    differences,
  }
}

/** Never as the server answered: a value of a Secret is shown as equal to the declared one or not. */
async function dryRun(
  manifest: Manifest,
  { application, session }: Pick<ReadDiffWish, 'application' | 'session'>,
): Promise<Manifest | undefined> {
  const { object } = await writeObject(manifest, {
    ...writeWish(application, manifest),
    session,
    dryRun: true,
  })
  return maskSecret(manifest, object).live
}

/** The verdict knows no fields when the declaration itself is another one than was applied: then they are compared here. */
function differencesOf(
  { target, differences }: ComparedTarget,
  { spec }: Application,
  live: Manifest | undefined,
): readonly Difference[] {
  if (differences.length > 0 || live === undefined) return differences
  return compareObject(target.manifest, live, compareRulesFor(target.key, spec.ignoreDifferences ?? []))
}

async function extraDiff({ object }: ExtraObject, session: ClusterSession): Promise<ResourceDiff> {
  const { group, kind, namespace, name } = object
  const found = await session.cluster.get(object)
  const { live } = maskSecret(undefined, found)
  return { group, kind, namespace, name, ...(live === undefined ? {} : { live }) }
}
