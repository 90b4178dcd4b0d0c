import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskDifferences, maskSecret } from '../../../src/engine/diff/mask-secret.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { runHarness } from './run-harness.js'

const CANARY = 'CANARY-masking-2f1c'
const CANARIES = [
  CANARY,
  Buffer.from(CANARY).toString('base64'),
  Buffer.from(CANARY).toString('hex'),
  encodeURIComponent(CANARY),
]
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Anything, with the canary as its values. */
const poisoned = fc.oneof(
  fc.constantFrom(...CANARIES),
  fc.jsonValue({ maxDepth: 3 }).map((value) => {
    const poison = (inner: unknown): unknown => (typeof inner === 'string' ? CANARY : inner)
    return JSON.parse(JSON.stringify(value), (_name, inner: unknown) => poison(inner)) as unknown
  }),
  fc.array(fc.constantFrom(...CANARIES)),
)

const secret = fc
  .record({
    data: fc.oneof(fc.dictionary(fc.string(), poisoned), poisoned),
    stringData: fc.option(fc.oneof(fc.dictionary(fc.string(), poisoned), poisoned), { nil: undefined }),
    strange: fc.option(poisoned, { nil: undefined }),
    hasLastApplied: fc.boolean(),
  })
  .map(({ hasLastApplied, ...fields }): Manifest => {
    const annotations = hasLastApplied ? { [LAST_APPLIED]: `{"data":{"a":"${CANARY}"}}` } : undefined
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', ...(annotations && { annotations }) },
      ...(JSON.parse(JSON.stringify(fields)) as object),
    }
  })

describe('harnesses of masking: no value of a Secret is ever shown, whatever shape it has', () => {
  it('maskSecret() of either side or both', async () => {
    await runHarness(
      fc.tuple(fc.option(secret, { nil: undefined }), fc.option(secret, { nil: undefined })),
      ([desired, live]) => {
        const text = withoutNames(maskSecret(desired, live))
        for (const canary of CANARIES) expect(text).not.toContain(canary)
      },
    )
  }, 120_000)

  it('A-59 maskDifferences() of any path', async () => {
    const path = fc.oneof(
      fc.constantFrom('/data', '/stringData', '/data/a', '', '/', '/metadata', '/metadata/annotations', '/x'),
      fc.constant(`/metadata/annotations/${LAST_APPLIED.replaceAll('/', '~1')}`),
    )
    const difference = fc.record({ path, desired: poisoned, live: poisoned })
    await runHarness(fc.tuple(secret, fc.array(difference)), ([object, differences]) => {
      const text = withoutNames(maskDifferences(object, differences as Parameters<typeof maskDifferences>[1]))
      for (const canary of CANARIES) expect(text).not.toContain(canary)
    })
  }, 120_000)
})

/** Values only: names of fields are shown on purpose. */
function withoutNames(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? Object.values(inner) : inner,
  )
}
