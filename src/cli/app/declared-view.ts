import type { ApplicationSpec } from '../../engine/application/application.js'
import type { Manifest } from '../../engine/manifest/manifest.js'
import type { CommandContext } from '../command-context.js'
import type { AppName } from './app-view.js'

/** What an application is, with one kind of its objects. */
export interface Declared {
  readonly spec: ApplicationSpec
  readonly manifests: readonly Manifest[]
}

/** Its objects as they run, or as they were declared; values of Secrets masked. */
export async function readManifests(
  context: CommandContext,
  name: AppName,
  wish: { readonly source: 'LIVE' | 'GIT'; readonly revision?: string },
): Promise<Declared> {
  const client = await context.client()
  const answer = await client.ask<{ readonly application: Declared }>(
    `query($name: String!, $namespace: String, $source: ManifestSource!, $revision: String) {
      application(name: $name, namespace: $namespace) { spec manifests(source: $source, revision: $revision) } }`,
    { ...name, ...wish },
  )
  return answer.application
}
