import { sourcesOf } from '../../engine/application/application.js'
import type { Manifest } from '../../engine/manifest/manifest.js'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import type { AppName } from './app-view.js'
import { readManifests, type Declared } from './declared-view.js'
import { readLocalManifests } from './local-manifests.js'
import { otherDiffs, type OtherDiff } from './other-diffs.js'

/** What runs beside the plain manifests of a folder. */
export async function localDiffs(
  context: CommandContext,
  name: AppName,
  folder: string,
): Promise<readonly OtherDiff[]> {
  const app = await readManifests(context, name, { source: 'LIVE' })
  const sources = sourcesOf(app.spec)
  if (sources.length > 1) {
    throw new CliError(`application "${name.name}" has ${sources.length} sources`, {
      hint: 'a folder can stand for one source only; leave --local out',
    })
  }
  const declared = await readLocalManifests(folder, sources[0]?.directory?.recurse === true)
  return beside(app, declared)
}

/** What runs beside what was deployed once. */
export async function revisionDiffs(
  context: CommandContext,
  name: AppName,
  revision: string,
): Promise<readonly OtherDiff[]> {
  const app = await readManifests(context, name, { source: 'LIVE' })
  const { manifests } = await readManifests(context, name, { source: 'GIT', revision })
  return beside(app, manifests)
}

function beside({ spec, manifests }: Declared, declared: readonly Manifest[]): readonly OtherDiff[] {
  return otherDiffs({
    declared,
    live: manifests,
    ignored: spec.ignoreDifferences ?? [],
    namespace: spec.destination.namespace ?? '',
  })
}
