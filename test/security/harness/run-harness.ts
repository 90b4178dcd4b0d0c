import fc from 'fast-check'
import { expect } from 'vitest'

/** Of each harness; LOCKSTEP_HARNESS_SECONDS tries longer. */
const SECONDS = Number(process.env['LOCKSTEP_HARNESS_SECONDS'] ?? 12)
/** Fewer inputs than this in its time mean that something became slow, or that nothing was tried. */
const LEAST = 200
/** What one input may take: more is a way to stop the process. */
const MOST_MS = 2_000

/** Feeds `property` until the time is over; fails with seed and counterexample, and when hardly anything was tried. */
export async function runHarness<Input>(
  input: fc.Arbitrary<Input>,
  property: (value: Input) => Promise<void> | void,
): Promise<void> {
  const timed = async (value: Input): Promise<void> => {
    const start = performance.now()
    await property(value)
    expect(performance.now() - start, 'milliseconds for one input').toBeLessThan(MOST_MS)
  }
  const details = await fc.check(fc.asyncProperty(input, timed), {
    numRuns: 10_000_000,
    interruptAfterTimeLimit: SECONDS * 1_000,
    markInterruptAsFailure: false,
  })
  if (details.failed) throw new Error(fc.defaultReportMessage(details))
  expect(details.numRuns, 'inputs that were tried').toBeGreaterThan(LEAST)
}

/** A text with some bytes of it changed, cut, doubled or replaced by what parsers stumble over. */
export function damaged(samples: readonly string[], odd: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(),
    length: fc.nat(12),
    text: fc.oneof(
      fc.constantFrom(...odd, '', '\u0000', '\uFEFF', '\u202E', '\r\n', '\t'),
      fc.string({ maxLength: 8 }),
    ),
  })
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 6 }))
    .map(([sample, edits]) => edits.reduce(applied, sample))
}

function applied(
  text: string,
  edit: { readonly at: number; readonly length: number; readonly text: string },
): string {
  const at = edit.at % (text.length + 1)
  return text.slice(0, at) + edit.text + text.slice(at + edit.length)
}
