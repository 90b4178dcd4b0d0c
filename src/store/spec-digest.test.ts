import fc from 'fast-check'
import { expect, it } from 'vitest'
import { specDigest } from './spec-digest.js'

it('specDigest() names content, not the order of fields', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (spec, other) => {
      const turned = Object.fromEntries(Object.entries(spec).toReversed())
      expect(specDigest({ spec: turned })).toBe(specDigest({ spec }))
      if (JSON.stringify(other) !== JSON.stringify(spec)) {
        expect(specDigest({ spec, other })).not.toBe(specDigest({ spec }))
      }
    }),
  )
})
