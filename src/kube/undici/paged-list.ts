import { AppError } from '../../base/app-error.js'
import type { ApiKind } from '../../engine/manifest/api-catalog.js'
import type { Manifest } from '../../engine/manifest/manifest.js'
import type { Answer } from './exchange.js'
import type { RequestSender } from './request-sender.js'
import { collectionPath } from './resource-path.js'
import type { RequestSubject } from './to-app-error.js'

const PAGE = 500
/** A page is large, and slow lines exist; nothing depends on when a list ends. */
const PAGE_MS = 30_000
/** A `continue` token lives as long as etcd keeps history; a list that outlives it thrice will not end. */
const RESTARTS = 3

/** A kind in one namespace, or with `''` in all of them. */
export interface ListScope {
  readonly clusterId: string
  readonly kind: ApiKind
  readonly namespace: string
}

export interface WholeList {
  readonly objects: readonly Manifest[]
  /** Where a watch goes on from; empty for kinds that cannot be watched. */
  readonly resourceVersion: string
}

interface Page {
  readonly items: readonly Manifest[]
  readonly resourceVersion: string
  readonly next: string
}

/** Reads all pages, or throws: a page that is not plainly the list that was asked for is never an empty list (K-14). */
export async function listWhole(sender: RequestSender, scope: ListScope): Promise<WholeList> {
  const subject = listSubject(scope)
  for (let round = 1; ; round += 1) {
    const list = await readPages(sender, scope, subject)
    if (list !== 'expired') return list
    if (round < RESTARTS) continue
    const message = `Cannot ${subject.action} on cluster "${scope.clusterId}": the list expired ${RESTARTS} times while it was being read.`
    throw new AppError('UPSTREAM_CLUSTER', message, { retry: 'backoff' })
  }
}

export function listSubject(scope: ListScope): RequestSubject {
  const where = scope.namespace === '' ? '' : ` in namespace "${scope.namespace}"`
  const action = `list ${scope.kind.plural}${where}`
  return { clusterId: scope.clusterId, action, write: false, secret: scope.kind.kind === 'Secret' }
}

async function readPages(
  sender: RequestSender,
  scope: ListScope,
  subject: RequestSubject,
): Promise<WholeList | 'expired'> {
  const base = `${collectionPath(scope.kind, scope.namespace)}?limit=${PAGE}`
  const objects: Manifest[] = []
  let next = ''
  for (;;) {
    const path = next === '' ? base : `${base}&continue=${encodeURIComponent(next)}`
    const answer = await sender.send({ method: 'GET', path, subject, timeoutMs: PAGE_MS })
    if (answer.status === 410 && next !== '') return 'expired'
    if (answer.status !== 200) throw sender.failure(answer, subject)
    const page = readPage(answer, scope)
    if (typeof page === 'string') throw incomplete(subject, page)
    for (const item of page.items) objects.push(item)
    if (page.next === '') return { objects, resourceVersion: page.resourceVersion }
    if (page.next === next) throw incomplete(subject, 'its pages do not advance')
    next = page.next
  }
}

function incomplete(subject: RequestSubject, reason: string): AppError {
  const message = `Cannot ${subject.action} on cluster "${subject.clusterId}": the answer is no whole list (${reason}), so nothing is concluded from it.`
  return new AppError('UPSTREAM_CLUSTER', message, { retry: 'backoff' })
}

/** The page, or why the answer is none. */
function readPage(answer: Answer, scope: ListScope): Page | string {
  const body = parseFields(answer.body)
  if (body === undefined) return 'it is not a JSON object'
  const { kind, apiVersion, metadata, items } = body
  if (kind !== `${scope.kind.kind}List`) return `its kind is not ${scope.kind.kind}List`
  if (apiVersion !== apiVersionOf(scope.kind)) return `its apiVersion is not ${apiVersionOf(scope.kind)}`
  if (!Array.isArray(items)) return 'it has no items'
  const position = readPosition(metadata, scope)
  if (typeof position === 'string') return position
  return completeItems(items, scope) ?? { items: items as Manifest[], ...position }
}

function parseFields(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function readPosition(metadata: unknown, scope: ListScope): Omit<Page, 'items'> | string {
  const { resourceVersion = '', continue: next = '' } = (metadata ?? {}) as Record<string, unknown>
  if (typeof resourceVersion !== 'string' || typeof next !== 'string') return 'its metadata is malformed'
  if (resourceVersion === '' && scope.kind.verbs.includes('watch')) return 'it has no resourceVersion'
  return { resourceVersion, next }
}

/** Fills in what a list leaves out of its items (kind and apiVersion of built-in kinds); says what is wrong with one. */
function completeItems(items: unknown[], scope: ListScope): string | undefined {
  const apiVersion = apiVersionOf(scope.kind)
  for (const item of items) {
    if (typeof item !== 'object' || item === null) return 'an item is not an object'
    const fields = item as { apiVersion?: unknown; kind?: unknown; metadata?: { name?: unknown } }
    if (typeof fields.metadata?.name !== 'string') return 'an item has no name'
    fields.apiVersion ??= apiVersion
    fields.kind ??= scope.kind.kind
    if (fields.kind !== scope.kind.kind) return 'an item is of another kind'
  }
  return undefined
}

export function apiVersionOf(kind: ApiKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}
