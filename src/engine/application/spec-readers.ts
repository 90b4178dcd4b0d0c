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
  wholeNumber,
  type Place,
  type Reader,
} from './read-fields.js'
import { pathProblem, repositoryProblem } from './source-problems.js'
import { helm, jsonnet, kustomize, plugin, sourceHydrator } from './tool-readers.js'

/**
 * Fields, types and limits of `Application.spec` (contract 2.1). All of it is kept; what cannot be rendered yet is told
 * where it is rendered (`unsupported-source.ts`), so that the object itself can be brought along.
 */

const directory = fieldsOf<DirectorySource>({
  recurse: flag,
  include: text,
  exclude: text,
  disableExtensionFilter: flag,
  jsonnet,
})

/** An explicit block decides which tool reads the source, also an empty one. */
const TOOLS = ['helm', 'kustomize', 'directory', 'plugin'] as const

const source: Reader<ApplicationSource> = alsoChecked(
  fieldsOf<ApplicationSource>(
    {
      repoURL: checked(repositoryProblem),
      path: checked(pathProblem),
      targetRevision: text,
      chart: text,
      ref: text,
      name: text,
      tagPrefix: text,
      directory,
      helm,
      kustomize,
      plugin,
    },
    ['repoURL'],
  ),
  checkSource,
)

function checkSource(raw: Readonly<Record<string, unknown>>, place: Place): void {
  const tools = TOOLS.filter((tool) => raw[tool] !== undefined && raw[tool] !== null)
  if (tools.length > 1) {
    refuse(place, `has blocks for several tools (${tools.join(', ')}); keep the one that renders it.`)
  }
  if (isSet(raw, 'chart') && !isSet(raw, 'targetRevision')) {
    refuse(
      inside(place, 'targetRevision'),
      'is missing; name the version of the chart, like "1.2.3" or "1.*".',
    )
  }
  if (isSet(raw, 'path') || isSet(raw, 'ref') || isSet(raw, 'chart')) return
  refuse(
    inside(place, 'path'),
    'is missing; name the folder with the manifests, "." for the whole repository.',
  )
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
      sourceHydrator,
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
  ),
  (raw, place) => {
    const several = Array.isArray(raw['sources']) && raw['sources'].length > 0
    if (several || isSet(raw, 'source') || isSet(raw, 'sourceHydrator')) return
    refuse(inside(place, 'source'), 'is missing; say where the manifests are, with "repoURL" and "path".')
  },
)
