import { DEFAULT_APPLICATION_NAMESPACE, type ApplicationSpec } from './application.js'
import type { FieldProblem } from './field-problem.js'
import { dnsLabelProblem, dnsNameProblem } from './names.js'
import { checked, fieldsOf, ignored, listOf, textMap, unsupported, type Place } from './read-fields.js'
import { applicationSpec, type WrittenSpec } from './spec-readers.js'

/** A well-formed application, with the defaults of contract 2.1 filled in. */
export interface ValidApplication {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: ApplicationSpec
}

interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

interface Written {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: Metadata
  readonly spec: WrittenSpec
}

/** Written by an API server; people paste what `kubectl get -o yaml` prints. */
const SERVER_FIELDS = {
  creationTimestamp: ignored,
  generation: ignored,
  managedFields: ignored,
  ownerReferences: ignored,
  resourceVersion: ignored,
  selfLink: ignored,
  uid: ignored,
}

const FINALIZERS = [
  'resources-finalizer.argocd.argoproj.io',
  'pre-delete-finalizer.argocd.argoproj.io',
  'post-delete-finalizer.argocd.argoproj.io',
]

/** Finalizers are accepted and left out: a deletion says itself whether it cascades. */
const finalizers = listOf(
  checked((name) =>
    FINALIZERS.includes(name.split('/')[0] ?? '')
      ? undefined
      : `"${name}" is not a finalizer of applications; known: ${FINALIZERS.join(', ')}.`,
  ),
)

const metadata = fieldsOf<Metadata>(
  {
    name: checked(dnsNameProblem),
    namespace: checked(dnsLabelProblem),
    labels: textMap,
    annotations: textMap,
  },
  ['name'],
  {
    ...SERVER_FIELDS,
    finalizers: (value, place) => {
      finalizers(value, place)
      return undefined
    },
  },
)

const document = fieldsOf<Written>(
  {
    apiVersion: exactly('argoproj.io/v1alpha1'),
    kind: exactly('Application'),
    metadata,
    spec: applicationSpec,
  },
  ['metadata', 'spec'],
  { status: ignored, operation: unsupported('starting a sync by a manifest; use the action "sync"') },
)

function exactly(wanted: string): ReturnType<typeof checked> {
  return checked((value) => (value === wanted ? undefined : `must be "${wanted}", not "${value}".`))
}

/**
 * Reads an application as `{metadata, spec}` or as a manifest of `argoproj.io/v1alpha1 Application` (contract 2.1).
 * Answers all problems at once; unknown fields are refused, defaults are filled in (project `default`, namespace
 * `argocd`). Values are copied, nothing of the input is kept.
 */
export function validateApplication(
  input: unknown,
): { readonly application: ValidApplication } | { readonly problems: readonly FieldProblem[] } {
  const place: Place = { path: '', problems: [] }
  const written = document(input, place)
  if (written === undefined || place.problems.length > 0) return { problems: place.problems }
  const { name, namespace, labels, annotations } = written.metadata
  return {
    application: {
      name,
      namespace: namespace ?? DEFAULT_APPLICATION_NAMESPACE,
      labels: labels ?? {},
      annotations: annotations ?? {},
      spec: withDefaults(written.spec),
    },
  }
}

/** Reads a spec alone, for edits; paths of problems begin with `spec`. */
export function validateApplicationSpec(
  input: unknown,
): { readonly spec: ApplicationSpec } | { readonly problems: readonly FieldProblem[] } {
  const place: Place = { path: 'spec', problems: [] }
  const written = applicationSpec(input, place)
  if (written === undefined || place.problems.length > 0) return { problems: place.problems }
  return { spec: withDefaults(written) }
}

function withDefaults(written: WrittenSpec): ApplicationSpec {
  return { ...written, project: written.project ?? 'default' }
}
