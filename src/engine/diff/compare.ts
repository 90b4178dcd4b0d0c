import type { Manifest } from '../manifest/manifest.js'
import { isAbsent, isList, isRecord, valueAt } from '../manifest/read-json.js'
import { groupOf } from '../manifest/resource-key.js'
import { NO_COMPARE_RULES, type CompareRules } from './compare-rules.js'
import { difference, type Difference, type Path } from './difference.js'
import { FIELD_MANAGER, ownFieldSet } from './field-set.js'
import { indexBy, pairingOf, type Pairing } from './merge-keys.js'
import { lastApplied, normalize } from './normalize.js'
import { ignoring } from './remove-ignored.js'
import { declarable } from './project-on.js'
import { removedFields, undeclaredFields } from './removed-fields.js'
import { isBuiltInGroup, sameScalar, saysNothing } from './same-value.js'

export type { Difference }

/**
 * Compares a declared object with a live one that Lockstep never applied (adoption, design.md 5). Every declared field
 * must be there with the same meaning (contract 2.7.1: quantities, IntOrString, nulls, stringData); what the live
 * object has besides is a default or belongs to others, unless its last-applied annotation says that it was declared
 * once, or its managedFields that we applied it, and it is not any more. Empty = equal. Differences of Secrets hold values: mask them before they are shown.
 */
export function compareObject(
  desired: Manifest,
  live: Manifest,
  rules: CompareRules = NO_COMPARE_RULES,
): readonly Difference[] {
  const clean = ignoring(rules, live)
  const builtIn = isBuiltInGroup(groupOf(live.apiVersion))
  const declared = clean(normalize(desired, rules))
  const actual = clean(normalize(live, rules))
  const differences = [
    ...compareValues({ path: [], builtIn }, declared, actual),
    ...removedSinceClientApply(),
    ...removedSinceServerApply(),
  ]
  return [...new Map(differences.map((found) => [found.path, found])).values()]

  function removedSinceClientApply(): readonly Difference[] {
    const former = lastApplied(live)
    if (former === undefined) return []
    return removedFields({ former: clean(normalize(former, rules)), desired: declared, live: actual })
  }

  function removedSinceServerApply(): readonly Difference[] {
    const owned = ownFieldSet(live, FIELD_MANAGER)
    return owned === undefined ? [] : undeclaredFields(declarable(owned), { desired: declared, live: actual })
  }
}

/** Where in the object a comparison stands, and whether Kubernetes itself serves the kind. */
export interface ComparePlace {
  readonly path: Path
  readonly builtIn: boolean
}

/** The declared fields of a value that are absent or mean something else in the live value. */
export function compareValues(place: ComparePlace, desired: unknown, live: unknown): readonly Difference[] {
  if (isAbsent(desired)) return []
  if (isAbsent(live))
    return saysNothing(place.path, desired, place.builtIn) ? [] : [difference(place.path, desired, undefined)]
  if (isList(desired) && isList(live)) return compareLists(place, desired, live)
  if (isRecord(desired) && isRecord(live)) {
    return Object.keys(desired).flatMap((name) =>
      compareValues(below(place, name), desired[name], valueAt(live, name)),
    )
  }
  return sameScalar(place.path, desired, live) ? [] : [difference(place.path, desired, live)]
}

function compareLists(
  place: ComparePlace,
  desired: readonly unknown[],
  live: readonly unknown[],
): readonly Difference[] {
  const pairing = pairingOf(place.path.at(-1) ?? '', desired, live)
  if (pairing !== undefined) return comparePaired(place, { desired, live, pairing })
  if (desired.length !== live.length) return [difference(place.path, desired, live)]
  return desired.flatMap((item, index) => compareItem(below(place, String(index)), item, live[index]))
}

/** In a list that is one value a null or empty item counts. */
function compareItem(place: ComparePlace, desired: unknown, live: unknown): readonly Difference[] {
  if (
    isRecord(desired) &&
    isRecord(live) &&
    Object.keys(desired).length === 0 &&
    Object.keys(live).length > 0
  )
    return [difference(place.path, desired, live)]
  return compareValues(place, desired, live)
}

function comparePaired(
  place: ComparePlace,
  lists: {
    readonly desired: readonly unknown[]
    readonly live: readonly unknown[]
    readonly pairing: Pairing
  },
): readonly Difference[] {
  const items = indexBy(lists.live, lists.pairing)
  return lists.desired.flatMap((item, index) => {
    const at = below(place, String(index))
    const found = items.get(lists.pairing(item))
    return found === undefined ? [difference(at.path, item, undefined)] : compareValues(at, item, found)
  })
}

function below(place: ComparePlace, step: string): ComparePlace {
  return { path: [...place.path, step], builtIn: place.builtIn }
}
