import type { ApplicationSource, ApplicationSpec } from './application.js'

/**
 * Why this version cannot render the source, as a sentence; undefined when it can. Such an application exists and is
 * shown as Unknown with this reason: nothing of it is applied, and nothing is read as something else than was meant.
 */
export function unsupportedSource(source: ApplicationSource): string | undefined {
  if (/^\s*oci:\/\//i.test(source.repoURL)) return notYet('repoURL', 'an OCI artifact', GIT)
  if (source.chart !== undefined) return notYet('chart', 'a Helm chart from a chart repository', GIT)
  if (source.helm !== undefined) return notYet('helm', 'a Helm chart', PLAIN)
  if (source.kustomize !== undefined) return notYet('kustomize', 'a Kustomize folder', PLAIN)
  if (source.plugin !== undefined) return notYet('plugin', 'the output of a plugin', PLAIN)
  if (source.directory?.jsonnet !== undefined)
    return notYet('directory.jsonnet', 'Jsonnet with parameters', PLAIN)
  if (source.tagPrefix !== undefined)
    return notYet('tagPrefix', 'the newest tag with a prefix', 'Name the tag in targetRevision.')
  return undefined
}

/** The same for the spec as a whole. */
export function unsupportedSpec(spec: ApplicationSpec): string | undefined {
  if (spec.sourceHydrator === undefined || spec.source !== undefined || (spec.sources ?? []).length > 0)
    return undefined
  return 'spec.sourceHydrator is kept, but this version does not hydrate: name the hydrated branch in spec.source to sync it.'
}

const GIT = 'Keep its rendered manifests in a Git repository to sync them now.'
const PLAIN = 'Point the source at rendered manifests, without this block, to sync them now.'

function notYet(field: string, what: string, advice: string): string {
  return `source.${field} asks for ${what}, which this version does not render yet: nothing is applied. ${advice}`
}
