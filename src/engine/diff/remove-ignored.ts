import type { Manifest } from '../manifest/manifest.js'
import { isList, isRecord } from '../manifest/read-json.js'
import type { CompareRules } from './compare-rules.js'
import { parsePointer, type Path } from './difference.js'
import { parseFieldSet, type FieldSet, type PathElement } from './field-set.js'
import { matchesKey } from './project-on.js'
import { canonicalText } from './canonical-text.js'

/**
 * A function that takes out of either side of a comparison what the rules ignore: pointers, and the fields that the
 * named managers own according to the live object.
 */
export function ignoring(rules: CompareRules, live: Manifest): (value: unknown) => unknown {
  const pointers = rules.ignorePointers.map(parsePointer).filter((path) => path !== undefined)
  const sets = foreignSets(rules, live)
  if (pointers.length === 0 && sets.length === 0) return (value) => value
  return (value) => {
    const withoutPointers = pointers.reduce((current, path) => withoutPath(current, path), value)
    return sets.reduce((current, set) => withoutFields(current, set), withoutPointers)
  }
}

function foreignSets(rules: CompareRules, live: Manifest): readonly FieldSet[] {
  return (live.metadata.managedFields ?? [])
    .filter((entry) => entry.manager !== undefined && rules.ignoreManagers.includes(entry.manager))
    .map((entry) => parseFieldSet(entry.fieldsV1))
    .filter((set) => set !== undefined)
}

/** A copy without the value at a path; the value itself when the path leads nowhere. */
function withoutPath(value: unknown, path: Path): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (isList(value)) {
    const index = /^\d{1,9}$/.test(step) ? Number(step) : -1
    if (index < 0 || index >= value.length) return value
    if (rest.length === 0) return value.toSpliced(index, 1)
    return value.with(index, withoutPath(value[index], rest))
  }
  if (!isRecord(value) || !Object.hasOwn(value, step)) return value
  return mapMembers(value, (name, member) => {
    if (name !== step) return member
    return rest.length === 0 ? undefined : withoutPath(member, rest)
  })
}

/** A copy without the leaves of a field set. */
function withoutFields(value: unknown, set: FieldSet): unknown {
  if (isRecord(value)) return mapMembers(value, (name, member) => memberWithout(name, member, set))
  if (!isList(value)) return value
  return value.map((item, index) => itemWithout(item, index, set)).filter((item) => item !== undefined)
}

function memberWithout(name: string, member: unknown, set: FieldSet): unknown {
  const child = set.children.find(({ element }) => element.kind === 'field' && element.name === name)
  if (child === undefined) return member
  return child.set.children.length === 0 ? undefined : withoutFields(member, child.set)
}

function itemWithout(item: unknown, index: number, set: FieldSet): unknown {
  const child = set.children.find(({ element }) => names(element, item, index))
  if (child === undefined) return item
  return child.set.children.length === 0 ? undefined : withoutKeepingKey(item, child)
}

/** The key fields of a list item stay, or it could not be found on the other side. */
function withoutKeepingKey(item: unknown, child: { element: PathElement; set: FieldSet }): unknown {
  const rest = withoutFields(item, child.set)
  if (child.element.kind !== 'key' || !isRecord(rest)) return rest
  return { ...child.element.match, ...rest }
}

function names(element: PathElement, item: unknown, index: number): boolean {
  if (element.kind === 'index') return element.index === index
  if (element.kind === 'key') return matchesKey(item, element.match)
  return element.kind === 'value' && canonicalText(element.value) === canonicalText(item)
}

function mapMembers(
  value: Readonly<Record<string, unknown>>,
  change: (name: string, member: unknown) => unknown,
): Readonly<Record<string, unknown>> {
  const members = Object.keys(value).map((name) => [name, change(name, value[name])] as const)
  return Object.fromEntries(members.filter(([, member]) => member !== undefined))
}
