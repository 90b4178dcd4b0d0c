import type { Manifest } from '../manifest/manifest.js'
import { isList, isRecord } from '../manifest/read-json.js'
import { groupOf } from '../manifest/resource-key.js'
import { compareValues, type ComparePlace } from './compare.js'
import { NO_COMPARE_RULES, type CompareRules } from './compare-rules.js'
import { type Difference } from './difference.js'
import type { FieldSet, PathElement } from './field-set.js'
import { foldStringData } from './normalize.js'
import { declarable, itemAt, projectedText } from './project-on.js'
import { ignoring } from './remove-ignored.js'
import { isBuiltInGroup } from './same-value.js'

export interface LiveEvidence {
  /** The field set that was stored after our last apply, not the one in the live managedFields. */
  readonly fieldSet: FieldSet
  /** hash(projectedText(fieldSet, object)) of the object right after that apply. */
  readonly appliedHash: string
  /** What that apply sent. A declaration that changed since is no case for this function: apply or compare it. */
  readonly desired: Manifest
  readonly live: Manifest
  /** HMAC with the key of the installation. */
  readonly hash: (text: string) => string
  /** What ignoreDifferences leaves out; default nothing. A stored verdict depends on it. */
  readonly rules?: CompareRules
}

/**
 * `inSync`: nothing that is ours changed. `suspect`: these fields seem changed. `undecidable`: something changed that
 * only the server can judge. Never heal on the last two alone: a dry-run apply decides (design.md 5).
 */
export type LiveVerdict =
  'inSync' | 'undecidable' | { readonly kind: 'suspect'; readonly differences: readonly Difference[] }

interface Findings {
  readonly differences: Difference[]
  undecidable: boolean
}

const GRANULAR = new Set(['binaryData', 'data', 'limits', 'requests'])

/** Judges one live object against the form in which it was applied, without asking the server. */
export function judgeLive(evidence: LiveEvidence): LiveVerdict {
  const { fieldSet, appliedHash, live, hash } = evidence
  if (hash(projectedText(fieldSet, live)) === appliedHash) return 'inSync'
  if (evidence.desired.apiVersion !== live.apiVersion) return 'undecidable'
  const clean = ignoring(evidence.rules ?? NO_COMPARE_RULES, live)
  const findings: Findings = { differences: [], undecidable: false }
  const place = { path: [], builtIn: isBuiltInGroup(groupOf(live.apiVersion)) }
  judgeNode(
    { place, set: declarable(fieldSet) },
    [clean(foldStringData(evidence.desired)), clean(live)],
    findings,
  )
  if (findings.differences.length > 0) return { kind: 'suspect', differences: findings.differences }
  return findings.undecidable ? 'undecidable' : 'inSync'
}

interface Node {
  readonly place: ComparePlace
  readonly set: FieldSet
}

type Sides = readonly [desired: unknown, live: unknown]

function judgeNode(node: Node, sides: Sides, findings: Findings): void {
  const [desired, live] = sides
  if (desired === undefined && live === undefined) return
  if (desired === undefined) {
    findings.undecidable = true
    return
  }
  if (live === undefined || node.set.children.length === 0 || !isComposite(desired) || !isComposite(live)) {
    judgeLeaf(node, sides, findings)
    return
  }
  for (const { element, set } of node.set.children) {
    const place = { ...node.place, path: [...node.place.path, stepOf(element, desired)] }
    judgeNode({ place, set }, [itemAt(desired, element), itemAt(live, element)], findings)
  }
}

/**
 * Scalars and absences are plain. A leaf that is a map or list is atomic, or was empty when applied (then others may
 * fill it): equal both ways = equal, anything else only the server can tell.
 */
function judgeLeaf({ place }: Node, [desired, live]: Sides, findings: Findings): void {
  if (isOpenMap(place, desired)) return
  const differences = compareValues(place, desired, live)
  if (live === undefined || !isComposite(desired) || !isComposite(live)) {
    findings.differences.push(...differences)
    return
  }
  const surplus = compareValues(place, live, desired)
  if (differences.length > 0 || surplus.length > 0) findings.undecidable = true
}

/**
 * An empty map of a type that is known to be granular: others may fill it, an apply would leave theirs alone. Of any
 * other map only the schema could tell, which is not here.
 */
function isOpenMap({ path, builtIn }: ComparePlace, desired: unknown): boolean {
  if (!isRecord(desired) || Object.keys(desired).length > 0) return false
  const [parent, field] = path.slice(-2)
  const isMetadata = parent === 'metadata' && (field === 'annotations' || field === 'labels')
  return isMetadata || (builtIn && GRANULAR.has(path.at(-1) ?? ''))
}

function stepOf(element: PathElement, desired: unknown): string {
  if (element.kind === 'field') return element.name
  if (element.kind === 'index') return String(element.index)
  const item = itemAt(desired, element)
  return isList(desired) ? String(desired.indexOf(item)) : '-'
}

function isComposite(value: unknown): boolean {
  return isList(value) || isRecord(value)
}
