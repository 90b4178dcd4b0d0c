import type { JsonValue } from '../manifest/manifest.js'
import { checked, fieldsOf, flag, listOf, refuse, text, textMap, type Reader } from './read-fields.js'
import { pathProblem, repositoryProblem } from './source-problems.js'
import type {
  HelmSource,
  JsonnetOptions,
  JsonnetVariable,
  KustomizePatch,
  KustomizeSource,
  PluginSource,
  SourceHydrator,
} from './source-tools.js'

/** Text that may be empty: an empty value is a value, unlike an empty name. */
const value: Reader<string> = (raw, place) =>
  typeof raw === 'string' ? raw : refuse(place, 'must be text; put it in quotes.')

/** A map of anything, as values files have it; copied, so that nothing of the input is kept. */
const anyMap: Reader<Readonly<Record<string, JsonValue>>> = (raw, place) => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return refuse(place, 'must be a map.')
  // What came in as JSON goes out as JSON.
  return JSON.parse(JSON.stringify(raw)) as Record<string, JsonValue>
}

const flagMap: Reader<Readonly<Record<string, boolean>>> = (raw, place) => {
  const isMap = typeof raw === 'object' && raw !== null && !Array.isArray(raw)
  const entries = isMap ? Object.entries(raw) : []
  if (!isMap || entries.some(([, one]) => typeof one !== 'boolean'))
    return refuse(place, 'must be a map of true and false.')
  return Object.fromEntries(entries)
}

/** Replicas may be written as a number or as text. */
const count: Reader<number | string> = (raw, place) =>
  Number.isSafeInteger(raw) || (typeof raw === 'string' && /^\d+$/.test(raw))
    ? (raw as number | string)
    : refuse(place, 'must be a whole number.')

const nameValue = fieldsOf<{ readonly name: string; readonly value: string }>({ name: text, value }, [
  'name',
  'value',
])

export const helm = fieldsOf<HelmSource>({
  valueFiles: listOf(text),
  parameters: listOf(
    fieldsOf<NonNullable<HelmSource['parameters']>[number]>({ name: text, value, forceString: flag }, [
      'name',
    ]),
  ),
  fileParameters: listOf(
    fieldsOf<NonNullable<HelmSource['fileParameters']>[number]>({ name: text, path: text }, ['name', 'path']),
  ),
  releaseName: text,
  values: text,
  valuesObject: anyMap,
  version: text,
  passCredentials: flag,
  ignoreMissingValueFiles: flag,
  skipCrds: flag,
  skipTests: flag,
  skipSchemaValidation: flag,
  namespace: text,
  kubeVersion: text,
  apiVersions: listOf(text),
})

const patch = fieldsOf<KustomizePatch>({
  path: text,
  patch: text,
  target: fieldsOf<NonNullable<KustomizePatch['target']>>({
    group: text,
    version: text,
    kind: text,
    name: text,
    namespace: text,
    labelSelector: text,
    annotationSelector: text,
  }),
  options: flagMap,
})

export const kustomize = fieldsOf<KustomizeSource>({
  namePrefix: text,
  nameSuffix: text,
  images: listOf(text),
  replicas: listOf(
    fieldsOf<NonNullable<KustomizeSource['replicas']>[number]>({ name: text, count }, ['name', 'count']),
  ),
  commonLabels: textMap,
  commonAnnotations: textMap,
  forceCommonLabels: flag,
  forceCommonAnnotations: flag,
  commonAnnotationsEnvsubst: flag,
  labelWithoutSelector: flag,
  labelIncludeTemplates: flag,
  namespace: text,
  patches: listOf(patch),
  components: listOf(text),
  ignoreMissingComponents: flag,
  version: text,
  kubeVersion: text,
  apiVersions: listOf(text),
})

const variables = listOf(fieldsOf<JsonnetVariable>({ name: text, value, code: flag }, ['name']))

export const jsonnet = fieldsOf<JsonnetOptions>({ extVars: variables, tlas: variables, libs: listOf(text) })

export const plugin = fieldsOf<PluginSource>({
  name: text,
  env: listOf(nameValue),
  parameters: listOf(
    fieldsOf<NonNullable<PluginSource['parameters']>[number]>({
      name: text,
      string: value,
      array: listOf(value),
      map: textMap,
    }),
  ),
})

type DrySource = SourceHydrator['drySource']

export const sourceHydrator = fieldsOf<SourceHydrator>(
  {
    drySource: fieldsOf<DrySource>(
      {
        repoURL: checked(repositoryProblem),
        targetRevision: text,
        path: checked(pathProblem),
        helm,
        kustomize,
        directory: fieldsOf<NonNullable<DrySource['directory']>>({
          recurse: flag,
          include: text,
          exclude: text,
          jsonnet,
        }),
        plugin,
      },
      ['repoURL', 'targetRevision', 'path'],
    ),
    syncSource: fieldsOf<SourceHydrator['syncSource']>(
      { targetBranch: text, path: checked(pathProblem), repoURL: checked(repositoryProblem) },
      ['targetBranch', 'path'],
    ),
    hydrateTo: fieldsOf<NonNullable<SourceHydrator['hydrateTo']>>({ targetBranch: text }, ['targetBranch']),
  },
  ['drySource', 'syncSource'],
)
