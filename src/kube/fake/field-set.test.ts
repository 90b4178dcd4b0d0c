import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../engine/manifest/manifest.js'
import { changedFields, fieldsOf, mergeValue, removeFields, withoutFields } from './field-set.js'

const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean())
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.dictionary(fc.constantFrom('a', 'b', 'labels', 'spec'), tie('value'), { minKeys: 1 }),
    fc.record({
      env: fc.uniqueArray(fc.record({ name: fc.constantFrom('x', 'y'), value: scalar }), {
        selector: (item) => item.name,
        minLength: 1,
      }),
    }),
  ),
}))
const map = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1 })

describe('field sets', () => {
  it('merging makes every declared field what was declared', () => {
    fc.assert(
      fc.property(map, map, (live, desired) => {
        const merged = mergeValue(live, desired)
        expect(mergeValue(merged, desired)).toEqual(merged)
        expect(withoutFields(fieldsOf(desired), fieldsOf(merged))).toBeUndefined()
      }),
    )
  })

  it('removing all fields leaves nothing, and nothing changed is no field', () => {
    fc.assert(
      fc.property(map, (live) => {
        expect(removeFields(live, fieldsOf(live)) ?? {}).toEqual({})
        expect(changedFields(live, structuredClone(live))).toBeUndefined()
      }),
    )
  })
})
