import { dnsNameProblem } from '../application/names.js'
import type { FieldProblem } from '../application/field-problem.js'
import {
  checked,
  fieldsOf,
  flag,
  ignored,
  listOf,
  refuse,
  text,
  textMap,
  unsupported,
  type Place,
  type Reader,
} from '../application/read-fields.js'
import { globProblem } from '../pattern/gobwas-glob.js'
import { compilePathMatch } from '../pattern/go-path-match.js'
import type {
  OrphanedResourceKey,
  OrphanedResources,
  ProjectDestination,
  ProjectKind,
  ProjectSpec,
} from './project.js'
import { judgeRoles, roles } from './read-role.js'
import { syncWindow } from './read-sync-window.js'

/** A well-formed project. */
export interface ValidProject {
  readonly name: string
  readonly spec: ProjectSpec
}

const MAX_DESCRIPTION = 255

const glob = checked((pattern) => {
  const problem = globProblem(pattern.startsWith('!') ? pattern.slice(1) : pattern)
  return problem === undefined ? undefined : `is not a pattern: ${problem}. Escape the character with "\\".`
})

const nameGlob = checked((pattern) =>
  compilePathMatch(pattern) === undefined
    ? 'is not a pattern: a "[" is wrong. Escape it with "\\".'
    : undefined,
)

/** A group may be `''` (core), which counts as written. */
const groupGlob: Reader<string> = (value, place) => (value === '' ? '' : glob(value, place))

const clusterKind = fieldsOf<ProjectKind>({ group: groupGlob, kind: glob, name: nameGlob }, ['group', 'kind'])

const namespacedKind = fieldsOf<Omit<ProjectKind, 'name'>>({ group: groupGlob, kind: glob }, [
  'group',
  'kind',
])

const destination = fieldsOf<ProjectDestination>({ server: glob, name: glob, namespace: glob })

/** Regular expressions (`/…/`) are refused: one that is made to be slow would stop everybody. */
const namespaceGlob = checked((pattern) => {
  if (pattern.length > 1 && pattern.startsWith('/') && pattern.endsWith('/'))
    return 'is a regular expression, which is not supported; write globs, e.g. "team-*" and "{a,b}".'
  const problem = globProblem(pattern)
  return problem === undefined ? undefined : `is not a pattern: ${problem}. Escape the character with "\\".`
})

const orphan = fieldsOf<OrphanedResourceKey>({ group: groupGlob, kind: glob, name: glob })

const description: Reader<string> = (value, place) => {
  const read = text(value, place)
  if (read === undefined || read.length <= MAX_DESCRIPTION) return read
  return refuse(place, `is longer than ${MAX_DESCRIPTION} characters; shorten it.`)
}

const projectSpec = fieldsOf<ProjectSpec>(
  {
    description,
    sourceRepos: listOf(glob),
    destinations: listOf(destination),
    clusterResourceWhitelist: listOf(clusterKind),
    clusterResourceBlacklist: listOf(clusterKind),
    namespaceResourceWhitelist: listOf(namespacedKind),
    namespaceResourceBlacklist: listOf(namespacedKind),
    roles,
    sourceNamespaces: listOf(namespaceGlob),
    syncWindows: listOf(syncWindow),
    orphanedResources: fieldsOf<OrphanedResources>({ warn: flag, ignore: listOf(orphan) }),
    permitOnlyProjectScopedClusters: flag,
  },
  [],
  {
    signatureKeys: unsupported('signature keys'),
    sourceIntegrity: unsupported('checking signatures'),
    destinationServiceAccounts: unsupported('impersonation'),
  },
)

interface Written {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: { readonly name: string }
  readonly spec?: ProjectSpec
}

const metadata = fieldsOf<Written['metadata']>({ name: checked(dnsNameProblem) }, ['name'], {
  namespace: ignored,
  labels: (value, place) => void textMap(value, place),
  annotations: (value, place) => void textMap(value, place),
  creationTimestamp: ignored,
  finalizers: ignored,
  generation: ignored,
  managedFields: ignored,
  ownerReferences: ignored,
  resourceVersion: ignored,
  selfLink: ignored,
  uid: ignored,
})

const document = fieldsOf<Written>(
  { apiVersion: exactly('argoproj.io/v1alpha1'), kind: exactly('AppProject'), metadata, spec: projectSpec },
  ['metadata'],
  { status: ignored },
)

function exactly(wanted: string): Reader<string> {
  return checked((value) => (value === wanted ? undefined : `must be "${wanted}", not "${value}".`))
}

/**
 * Reads a project as `{metadata, spec}` or as a manifest of `argoproj.io/v1alpha1 AppProject` (contract 2.2). Answers
 * all problems at once. What limits a project and is not enforced yet is refused: leaving it out would widen it.
 */
export function validateProject(
  input: unknown,
): { readonly project: ValidProject } | { readonly problems: readonly FieldProblem[] } {
  const place: Place = { path: '', problems: [] }
  const written = document(input, place)
  if (written?.spec?.roles !== undefined)
    judgeRoles(written.metadata.name, written.spec.roles, { path: 'spec.roles', problems: place.problems })
  if (written === undefined || place.problems.length > 0) return { problems: place.problems }
  return { project: { name: written.metadata.name, spec: written.spec ?? {} } }
}
