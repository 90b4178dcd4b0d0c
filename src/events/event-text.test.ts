import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BusEvent } from './event-bus.js'
import { eventOf, textOf, textsOf } from './event-text.js'

const anyEvent: fc.Arbitrary<BusEvent> = fc.oneof(
  fc.record({
    topic: fc.constant('application' as const),
    applicationIds: fc.array(fc.string({ maxLength: 40 })),
  }),
  fc.record({
    topic: fc.constant('application' as const),
    applicationIds: fc.array(fc.string({ maxLength: 40 })),
    sequence: fc.nat(),
  }),
  fc.record({
    topic: fc.constant('operation' as const),
    operationIds: fc.array(fc.string({ maxLength: 40 })),
  }),
)

const idsOf = (event: BusEvent | undefined): readonly string[] =>
  event?.topic === 'application' ? event.applicationIds : (event?.operationIds ?? [])

describe('event texts', () => {
  it('read back as they were', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(eventOf(textOf(event))).toEqual(event)
      }),
    )
  })

  it('split into pieces that are small enough and hold every id once, in order', () => {
    fc.assert(
      fc.property(anyEvent, fc.integer({ min: 400, max: 1_000 }), (event, most) => {
        const texts = textsOf(event, most)
        expect(texts.flatMap((text) => idsOf(eventOf(text)))).toEqual(idsOf(event))
        for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most)
      }),
    )
  })

  it.each(['', 'null', '7', '{', '{"topic":"application"}', '{"topic":"operation","operationIds":[7]}'])(
    'are no event when they are %s',
    (text) => expect(eventOf(text)).toBeUndefined(),
  )
})
