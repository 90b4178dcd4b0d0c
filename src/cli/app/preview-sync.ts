import type { CommandContext } from '../command-context.js'
import { table } from '../output/table.js'
import type { AppName } from './app-view.js'

interface PreviewedView {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly outcome: string
  readonly mode?: string | null
  readonly reason?: string | null
}

interface TouchedView {
  readonly kind: string
  readonly namespace: string
  readonly created: number
  readonly configured: number
  readonly recreated: number
  readonly pruned: number
}

export interface PreviewView {
  readonly objects: readonly PreviewedView[]
  readonly blocks: readonly { readonly kind: string; readonly reason: string }[]
  readonly touched: readonly TouchedView[]
  readonly dangers: readonly string[]
  readonly warnings: readonly string[]
}

const PREVIEW = `query($name: String!, $namespace: String, $wish: SyncWishInput) {
  application(name: $name, namespace: $namespace) { syncPreview(wish: $wish) {
    objects { group kind namespace name outcome mode reason } blocks { kind reason }
    touched { kind namespace created configured recreated pruned } dangers warnings } } }`

/** What a sync with this wish would do, asked from the cluster. */
export async function readPreview(
  context: CommandContext,
  name: AppName,
  wish: object,
): Promise<PreviewView> {
  const client = await context.client()
  const answer = await client.ask<{ readonly application: { readonly syncPreview: PreviewView } }>(PREVIEW, {
    ...name,
    wish,
  })
  return answer.application.syncPreview
}

/** The preview for people: what changes, how far it reaches, what is dangerous, what keeps it from going on. */
export function previewText({ objects, blocks, touched, dangers, warnings }: PreviewView): string {
  const changes = objects.filter(({ outcome }) => outcome !== 'UNCHANGED')
  const same = objects.length - changes.length
  const parts = [
    ...(changes.length === 0
      ? []
      : [table(['PREVIEW', 'GROUP', 'KIND', 'NAMESPACE', 'NAME', 'REASON'], changes.map(row))]),
    `${summary(touched)}${same > 0 ? `; ${same} unchanged` : ''}\n`,
    ...dangers.map((text) => `DANGER: ${text}\n`),
    ...warnings.map((text) => `WARNING: ${text}\n`),
    ...blocks.map(({ kind, reason }) => `BLOCKED (${kind.toLowerCase()}): ${reason}\n`),
  ]
  return parts.join('')
}

function row({ group, kind, namespace, name, outcome, mode, reason }: PreviewedView): readonly string[] {
  return [verb(outcome, mode ?? undefined), group, kind, namespace, name, reason ?? '']
}

const VERBS: Readonly<Record<string, string>> = {
  CREATED: 'create',
  CONFIGURED: 'change',
  PRUNED: 'prune',
  SKIPPED: 'keep',
}

function verb(outcome: string, mode: string | undefined): string {
  if (mode === 'RECREATE' || (mode === 'REPLACE' && outcome === 'CONFIGURED')) return mode.toLowerCase()
  return VERBS[outcome] ?? outcome.toLowerCase()
}

/** How far it reaches: counts by kind and namespace. */
function summary(touched: readonly TouchedView[]): string {
  if (touched.length === 0) return 'Nothing would change'
  return `Would ${touched.map(touchedText).join('; ')}`
}

function touchedText({ kind, namespace, ...counts }: TouchedView): string {
  const said = [
    [counts.created, 'create'],
    [counts.configured, 'change'],
    [counts.recreated, 'recreate'],
    [counts.pruned, 'prune'],
  ].flatMap(([count, word]) => (count === 0 ? [] : [`${word} ${count}`]))
  return `${said.join(', ')} ${kind}${namespace === '' ? '' : ` in ${namespace}`}`
}
