import { canonicalServer } from '../address/canonical-server.js'
import { DEFAULT_APPLICATION_NAMESPACE } from '../application/application.js'
import { normalizeRepositoryUrl } from '../application/repository-url.js'
import { compileGlob, globProblem } from '../pattern/gobwas-glob.js'
import { compilePathMatch } from '../pattern/go-path-match.js'
import type { Project, ProjectDestination, ProjectKind } from './project.js'
import { addDestinationCommand, addSourceCommand, allowKindCommand } from './suggest-command.js'

type Rules = Pick<Project, 'name' | 'spec'>

/** A resolved destination: the cluster's URL and its name (`''` when it has none), and the namespace. */
export interface DestinationQuestion {
  readonly server: string
  readonly name: string
  readonly namespace: string
  /** The project that the cluster belongs to; absent = any may use it. */
  readonly project?: string
}

export interface KindQuestion {
  readonly group: string
  readonly kind: string
  readonly namespaced: boolean
  /** Name of the object. */
  readonly name: string
}

/**
 * May the project deploy from this repository? `undefined` = yes, else why not, for people. `sourceRepos` are globs
 * over normalised URLs in which only `**` crosses a `/`; `*` alone is everything; `!glob` denies and wins; an empty
 * list permits none (contract 1.10). A deny alone permits nothing, as Argo CD documents it. A repository that belongs
 * to the project (`owner`) needs no entry; one of another project is never permitted, whatever the globs say.
 */
export function permitsSource(project: Rules, repoURL: string, owner?: string): string | undefined {
  if (owner !== undefined && owner !== project.name) {
    return `the repository "${repoURL}" belongs to another project, so project "${project.name}" may not use it. Use another repository.`
  }
  const url = normalizeRepositoryUrl(repoURL)
  const patterns = project.spec.sourceRepos ?? []
  const denied = patterns.find((pattern) => isDeny(pattern) && matchesUrl(pattern.slice(1), url, true))
  if (denied !== undefined) {
    return `project "${project.name}" denies the repository "${repoURL}" by "${denied}". Use another repository or change the project.`
  }
  const permitted = patterns.some((pattern) => !isDeny(pattern) && matchesUrl(pattern, url, false))
  if (owner !== undefined || permitted) return undefined
  return `project "${project.name}" does not permit the repository "${repoURL}". Add it to the project's sourceRepos: ${addSourceCommand(project.name, repoURL)}`
}

function matchesUrl(pattern: string, url: string, denies: boolean): boolean {
  if (pattern === '*') return true
  return matches(normalizeRepositoryUrl(pattern), url, { denies, separator: '/' })
}

/**
 * May the project deploy to this cluster and namespace? `undefined` = yes, else why not. One entry must match with its
 * namespace and its server or name, and no `!` of any entry may match (contract 1.10); an entry with a `!` only denies.
 * It goes by which cluster it is, not by how anybody spells it. A cluster that belongs to the project needs no entry.
 */
export function permitsDestination(project: Rules, destination: DestinationQuestion): string | undefined {
  const entries = project.spec.destinations ?? []
  const where = `namespace "${destination.namespace}" of cluster "${destination.name || destination.server}"`
  if (entries.some((entry) => deniesDestination(entry, destination))) {
    return `project "${project.name}" denies ${where}. Use another destination or change the project.`
  }
  const foreign = foreignCluster(project, destination)
  if (foreign !== undefined) return foreign
  const isOwn = destination.project === project.name
  if (isOwn || entries.some((entry) => allowsDestination(entry, destination))) return undefined
  return `project "${project.name}" does not permit ${where}. Add it to the project's destinations: ${addDestinationCommand(project.name, destination)}`
}

function foreignCluster({ name, spec }: Rules, destination: DestinationQuestion): string | undefined {
  const cluster = destination.name || destination.server
  if (destination.project !== undefined && destination.project !== name) {
    return `cluster "${cluster}" belongs to another project, so project "${name}" may not use it. Use another cluster.`
  }
  if (spec.permitOnlyProjectScopedClusters !== true || destination.project === name) return undefined
  return `project "${name}" permits only clusters that belong to it, and "${cluster}" does not. Give it to the project with: lockstep cluster set ${cluster} --project ${name}`
}

/**
 * May an application of this namespace be in the project (contract 1.10, sourceNamespaces)? Those of the default
 * namespace always may. `undefined` = yes, else why not.
 */
export function permitsNamespace(project: Rules, namespace: string): string | undefined {
  if (namespace === DEFAULT_APPLICATION_NAMESPACE) return undefined
  const patterns = project.spec.sourceNamespaces ?? []
  if (patterns.some((pattern) => matches(pattern, namespace, { denies: false }))) return undefined
  return `project "${project.name}" does not permit applications of namespace "${namespace}". Add it to the project's sourceNamespaces.`
}

const FACETS = ['server', 'name', 'namespace'] as const

function deniesDestination(entry: ProjectDestination, destination: DestinationQuestion): boolean {
  return FACETS.some((facet) => {
    const pattern = entry[facet] ?? ''
    if (!isDeny(pattern)) return false
    // A cluster without a URL or name that a deny speaks of could be the denied one.
    if (facet !== 'namespace' && destination[facet] === '') return true
    return matchesFacet(facet, pattern.slice(1), { value: destination[facet], denies: true })
  })
}

function allowsDestination(entry: ProjectDestination, destination: DestinationQuestion): boolean {
  if (FACETS.some((facet) => isDeny(entry[facet] ?? ''))) return false
  const is = (facet: Facet): boolean =>
    matchesFacet(facet, entry[facet] ?? '', { value: destination[facet], denies: false })
  const cluster = (destination.server !== '' && is('server')) || (destination.name !== '' && is('name'))
  return cluster && is('namespace')
}

type Facet = (typeof FACETS)[number]

interface FacetQuestion {
  readonly value: string
  readonly denies: boolean
}

function matchesFacet(facet: Facet, pattern: string, { value, denies }: FacetQuestion): boolean {
  return facet === 'server'
    ? matches(canonicalServer(pattern), canonicalServer(value), { denies })
    : matches(pattern, value, { denies })
}

/**
 * May the project deploy this object? `undefined` = yes, else why not. Cluster-scoped kinds must be in the whitelist;
 * namespaced ones are permitted unless a whitelist exists that lacks them; blacklists win (contract 1.10, 2.7.9).
 */
export function permitsKind(project: Rules, question: KindQuestion): string | undefined {
  const { spec } = project
  const what = `${question.group === '' ? '' : `${question.group}/`}${question.kind}`
  const white = question.namespaced ? spec.namespaceResourceWhitelist : (spec.clusterResourceWhitelist ?? [])
  const black = (question.namespaced ? spec.namespaceResourceBlacklist : spec.clusterResourceBlacklist) ?? []
  const list = question.namespaced ? 'namespaceResource' : 'clusterResource'
  if (black.some((entry) => matchesKind(entry, question, true))) {
    return `project "${project.name}" denies the kind ${what}. Remove it from the project's ${list}Blacklist to permit it.`
  }
  if (white === undefined || white.some((entry) => matchesKind(entry, question, false))) return undefined
  return `project "${project.name}" does not permit the kind ${what}. Add it to the project's ${list}Whitelist: ${allowKindCommand(project.name, question)}`
}

function matchesKind(entry: ProjectKind, question: KindQuestion, denies: boolean): boolean {
  return (
    matches(entry.group, question.group, { denies }) &&
    matches(entry.kind, question.kind, { denies }) &&
    (question.namespaced || matchesName(entry.name ?? '', question.name, denies))
  )
}

/** Names of cluster-scoped kinds follow Go's path.Match, not gobwas (contract 3.3); absent = every name. */
function matchesName(pattern: string, name: string, denies: boolean): boolean {
  return pattern === '' || (compilePathMatch(pattern)?.(name) ?? denies)
}

function isDeny(pattern: string): boolean {
  return pattern.startsWith('!')
}

/** A pattern that cannot be read permits nothing, and denies everything. */
function matches(
  pattern: string,
  value: string,
  options: { readonly denies: boolean; readonly separator?: string },
): boolean {
  if (pattern === '*') return true
  if (options.denies && globProblem(pattern) !== undefined) return true
  return compileGlob(pattern, options.separator ?? '')(value)
}
