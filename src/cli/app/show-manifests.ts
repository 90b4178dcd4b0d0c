import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { parseAppName } from './app-view.js'

/** `app manifests NAME`: YAML documents, each behind `---` as Argo CD prints them. */
export async function showManifests({ args, flags, io, client }: CommandContext): Promise<number> {
  const source = (flags.text('source') ?? 'git').toUpperCase()
  if (source !== 'GIT' && source !== 'LIVE')
    throw new CliError(`the source "${source.toLowerCase()}" does not exist`, {
      hint: '--source git or live',
    })
  const name = parseAppName(args[0] ?? '', flags.text('appNamespace'))
  const { dump } = await import('js-yaml')
  const answer = await (
    await client()
  ).ask<{ readonly application: { readonly manifests: readonly unknown[] } }>(
    `query($name: String!, $namespace: String, $source: ManifestSource!, $revision: String) {
      application(name: $name, namespace: $namespace) { manifests(source: $source, revision: $revision) } }`,
    { ...name, source, revision: flags.text('revision') ?? null },
  )
  for (const manifest of answer.application.manifests) io.out(`---\n${dump(manifest, { lineWidth: -1 })}`)
  return 0
}
