import type {
  ApplicationSource,
  ApplicationSpec,
  Destination,
  DirectorySource,
  IgnoreDifference,
  RetryPolicy,
  SyncPolicy,
} from './application.js'
import { dnsLabelProblem, dnsNameProblem } from './names.js'
import { parseDuration } from './parse-duration.js'
import {
  alsoChecked,
  checked,
  fieldsOf,
  flag,
  inside,
  isSet,
  listOf,
  refuse,
  text,
  textMap,
  unsupported,
  wholeNumber,
  type Reader,
} from './read-fields.js'

/** Fields, types and limits of `Application.spec` (contract 2.1). What cannot be honoured yet is refused, not dropped. */

const directory = fieldsOf<DirectorySource>(
  { recurse: flag, include: text, exclude: text, disableExtensionFilter: flag },
  [],
  { jsonnet: unsupported('Jsonnet') },
)

const source: Reader<ApplicationSource> = alsoChecked(
  fieldsOf<Omit<ApplicationSource, 'chart'>>(
    {
      repoURL: checked(repositoryProblem),
      path: checked(pathProblem),
      targetRevision: text,
      ref: text,
      name: text,
      directory,
    },
    ['repoURL'],
    {
      chart: unsupported('Helm charts from a chart repository'),
      helm: unsupported('Helm'),
      kustomize: unsupported('Kustomize'),
      plugin: unsupported('plugins'),
      tagPrefix: unsupported('tag prefixes'),
    },
  ),
  (raw, place) => {
    if (isSet(raw, 'path') || isSet(raw, 'ref') || isSet(raw, 'chart')) return
    refuse(
      inside(place, 'path'),
      'is missing; name the folder with the manifests, "." for the whole repository.',
    )
  },
)

function repositoryProblem(url: string): string | undefined {
  if (url.trim().toLowerCase().startsWith('oci://'))
    return 'is not supported yet: OCI artifacts. Use a Git repository.'
  if (url.startsWith('-') || url.includes('::') || /\s/.test(url)) {
    return 'is not a repository URL; write it like "https://git.example/org/repo.git".'
  }
  return undefined
}

function pathProblem(path: string): string | undefined {
  if (path.startsWith('/')) return 'must be relative to the root of the repository; remove the first "/".'
  return path.split('/').includes('..') ? 'must not leave the repository; remove "..".' : undefined
}

const destination: Reader<Destination> = alsoChecked(
  fieldsOf<Destination>({ server: checked(serverProblem), name: text, namespace: checked(dnsLabelProblem) }),
  (raw, place) => {
    if (isSet(raw, 'server') === isSet(raw, 'name')) {
      refuse(place, 'must name its cluster by exactly one of "server" (its URL) and "name".')
    }
  },
)

function serverProblem(url: string): string | undefined {
  const valid = /^https?:\/\/[^\s/]/i.test(url)
  return valid ? undefined : 'must be the URL of the API server, like "https://kubernetes.default.svc".'
}

const duration = checked((value) =>
  parseDuration(value) === undefined
    ? `"${value}" is not a duration; write it like "5s", "3m" or "1h30m".`
    : undefined,
)

const retry = fieldsOf<RetryPolicy>({
  limit: wholeNumber(Number.MIN_SAFE_INTEGER),
  backoff: fieldsOf<NonNullable<RetryPolicy['backoff']>>({
    duration,
    factor: wholeNumber(1),
    maxDuration: duration,
  }),
  refresh: flag,
})

const syncPolicy = fieldsOf<SyncPolicy>({
  automated: fieldsOf<NonNullable<SyncPolicy['automated']>>({
    prune: flag,
    selfHeal: flag,
    allowEmpty: flag,
    enabled: flag,
  }),
  syncOptions: listOf(text),
  retry,
  managedNamespaceMetadata: fieldsOf<NonNullable<SyncPolicy['managedNamespaceMetadata']>>({
    labels: textMap,
    annotations: textMap,
  }),
})

const ignoreDifference = fieldsOf<IgnoreDifference>(
  {
    group: text,
    kind: text,
    name: text,
    namespace: text,
    jsonPointers: listOf(
      checked((pointer) =>
        pointer.startsWith('/') ? undefined : 'must begin with "/", like "/spec/replicas".',
      ),
    ),
    jqPathExpressions: listOf(text),
    managedFieldsManagers: listOf(text),
  },
  ['kind'],
)

/** A spec as people write it. */
export type WrittenSpec = Omit<ApplicationSpec, 'project'> & { readonly project?: string }

/** Reads a spec as people write it: `project` may be absent. */
export const applicationSpec: Reader<WrittenSpec> = alsoChecked(
  fieldsOf<WrittenSpec>(
    {
      project: checked(dnsNameProblem),
      destination,
      source,
      sources: listOf(source),
      syncPolicy,
      ignoreDifferences: listOf(ignoreDifference),
      info: listOf(
        fieldsOf<{ readonly name: string; readonly value: string }>({ name: text, value: text }, [
          'name',
          'value',
        ]),
      ),
      revisionHistoryLimit: wholeNumber(0),
    },
    ['destination'],
    { sourceHydrator: unsupported('the source hydrator') },
  ),
  (raw, place) => {
    const several = Array.isArray(raw['sources']) && raw['sources'].length > 0
    if (several || isSet(raw, 'source') || isSet(raw, 'sourceHydrator')) return
    refuse(inside(place, 'source'), 'is missing; say where the manifests are, with "repoURL" and "path".')
  },
)
