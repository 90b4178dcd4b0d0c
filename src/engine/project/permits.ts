import { normalizeRepositoryUrl } from '../application/repository-url.js'
import { compileGlob, globProblem } from '../pattern/gobwas-glob.js'
import { compilePathMatch } from '../pattern/go-path-match.js'
import type { Project, ProjectDestination, ProjectKind } from './project.js'

type Rules = Pick<Project, 'name' | 'spec'>

/** A resolved destination: the cluster's URL and its name (`''` when it has none), and the namespace. */
export interface DestinationQuestion {
  readonly server: string
  readonly name: string
  readonly namespace: string
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
 * list permits none (contract 1.10). A deny alone permits nothing, as Argo CD documents it.
 */
export function permitsSource(project: Rules, repoURL: string): string | undefined {
  const url = normalizeRepositoryUrl(repoURL)
  const patterns = project.spec.sourceRepos ?? []
  const denied = patterns.find((pattern) => isDeny(pattern) && matchesUrl(pattern.slice(1), url, true))
  if (denied !== undefined) {
    return `project "${project.name}" denies the repository "${repoURL}" by "${denied}". Use another repository or change the project.`
  }
  if (patterns.some((pattern) => !isDeny(pattern) && matchesUrl(pattern, url, false))) return undefined
  return `project "${project.name}" does not permit the repository "${repoURL}". Add it to the project's sourceRepos.`
}

function matchesUrl(pattern: string, url: string, denies: boolean): boolean {
  if (pattern === '*') return true
  return matches(normalizeRepositoryUrl(pattern), url, { denies, separator: '/' })
}

/**
 * May the project deploy to this cluster and namespace? `undefined` = yes, else why not. One entry must match with its
 * namespace and its server or name, and no `!` of any entry may match (contract 1.10); an entry with a `!` only denies.
 */
export function permitsDestination(project: Rules, destination: DestinationQuestion): string | undefined {
  const entries = project.spec.destinations ?? []
  const where = `namespace "${destination.namespace}" of cluster "${destination.name || destination.server}"`
  if (entries.some((entry) => deniesDestination(entry, destination))) {
    return `project "${project.name}" denies ${where}. Use another destination or change the project.`
  }
  if (entries.some((entry) => allowsDestination(entry, destination))) return undefined
  return `project "${project.name}" does not permit ${where}. Add it to the project's destinations.`
}

const FACETS = ['server', 'name', 'namespace'] as const

function deniesDestination(entry: ProjectDestination, destination: DestinationQuestion): boolean {
  return FACETS.some((facet) => {
    const pattern = entry[facet] ?? ''
    if (!isDeny(pattern)) return false
    // A cluster without a URL or name that a deny speaks of could be the denied one.
    if (facet !== 'namespace' && destination[facet] === '') return true
    return matches(pattern.slice(1), destination[facet], { denies: true })
  })
}

function allowsDestination(entry: ProjectDestination, destination: DestinationQuestion): boolean {
  if (FACETS.some((facet) => isDeny(entry[facet] ?? ''))) return false
  const is = (facet: (typeof FACETS)[number]): boolean =>
    matches(entry[facet] ?? '', destination[facet], { denies: false })
  const cluster = (destination.server !== '' && is('server')) || (destination.name !== '' && is('name'))
  return cluster && is('namespace')
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
  return `project "${project.name}" does not permit the kind ${what}. Add it to the project's ${list}Whitelist.`
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
