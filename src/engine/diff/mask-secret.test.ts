import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.js'
import { base64OfText } from './base64.js'
import { compareObject } from './compare.js'
import { MASK, maskDifferences, maskSecret, OTHER_MASK } from './mask-secret.js'
import { LAST_APPLIED } from './normalize.js'

function secret(body: object, annotations: Readonly<Record<string, string>> = {}): Manifest {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', annotations }, ...body }
}

describe('maskSecret()', () => {
  it('shows equal values equal within the pair and under one name only', () => {
    const desired = secret({ stringData: { a: 'x', b: 'x', c: 'x' } })
    const live = secret({ type: 'Opaque', data: { a: 'eA==', b: 'eQ==', d: 'eA==' } })
    const pair = maskSecret(desired, live)
    expect(pair.desired?.['data']).toEqual({ a: MASK, b: MASK, c: MASK })
    expect(pair.live?.['data']).toEqual({ a: MASK, b: OTHER_MASK, d: MASK })
    expect(pair.live?.['type']).toBe('Opaque')
  })

  it('passes other kinds and absent sides', () => {
    const configMap: Manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { a: 'x' },
    }
    expect(maskSecret(configMap, undefined)).toEqual({ desired: configMap })
  })

  it('A-59 masks the annotation that repeats the Secret, and a damaged data', () => {
    const live = secret(
      { data: 'c2VjcmV0', stringData: { a: 'b' } },
      { [LAST_APPLIED]: '{"data":{"a":"c2VjcmV0"}}', k: 'v' },
    )
    const shown = maskSecret(undefined, live).live
    expect(JSON.stringify(shown)).not.toContain('c2VjcmV0')
    expect(shown?.metadata.annotations?.['k']).toBe('v')
  })

  it('A-35 masks metadata that repeats a value in any form, on either side, and keeps what does not', () => {
    const value = 'hunter2 "ü"/?'
    const forms = [
      value,
      base64OfText(value),
      base64OfText(value).replace(/=+$/, ''),
      encodeURIComponent(value),
      JSON.stringify(JSON.stringify({ was: value })),
    ]
    const annotations = Object.fromEntries(forms.map((form, at) => [`tool/${at}`, `before ${form} after`]))
    const noisy = { ...secret({}, { ...annotations, open: 'yes' }), type: 'Opaque' }
    const holder = secret({ data: { password: base64OfText(value) } })
    for (const { desired, live } of [maskSecret(noisy, holder), maskSecret(holder, noisy)]) {
      const shown = desired?.metadata.annotations?.['open'] === 'yes' ? desired : live
      expect(shown?.metadata.annotations).toEqual({
        ...Object.fromEntries(forms.map((_form, at) => [`tool/${at}`, MASK])),
        open: 'yes',
      })
    }
    const managedFields = [{ manager: 'x', fieldsV1: { 'f:data': { note: value } } }]
    const labels = { pass: value, app: 'shop' }
    const labelled = { ...holder, metadata: { name: 's', labels, managedFields } } as Manifest
    const text = JSON.stringify(maskSecret(undefined, labelled))
    expect(text).not.toContain('hunter2')
    expect(text).toContain('shop')
  })

  it('A-35 A-59 masks an annotation that holds a whole Secret, on an object of any kind, former values too', () => {
    const former = JSON.stringify(secret({ data: { a: 'Zm9ybWVy' } }))
    for (const text of [former, 'apiVersion: v1\nkind: Secret\ndata: {a: Zm9ybWVy}'])
      for (const kind of ['ConfigMap', 'Secret', 'Deployment']) {
        const object: Manifest = {
          apiVersion: 'v1',
          kind,
          metadata: { name: 'o', annotations: { tool: text } },
        }
        expect(JSON.stringify(maskSecret(object, object))).not.toContain('Zm9ybWVy')
        const difference = { path: '/metadata/annotations/tool', desired: text, live: 'x' }
        expect(JSON.stringify(maskDifferences(object, [difference]))).not.toContain('Zm9ybWVy')
      }
  })

  it('never shows a byte of a value, whatever the pair', () => {
    const marker = fc.stringMatching(/^[a-z]{12,20}$/).map((text) => `§${text}`)
    const data = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,6}$/), marker)
    fc.assert(
      fc.property(data, data, data, fc.boolean(), (given, stored, former, damaged) => {
        const desired = secret({ stringData: given, data: damaged ? Object.values(stored) : encode(stored) })
        const live = secret(
          { data: encode(stored), odd: given },
          { [LAST_APPLIED]: JSON.stringify(secret({ data: encode(former) })) },
        )
        const differences = compareObject(desired, live)
        const shown = JSON.stringify([maskSecret(desired, live), maskDifferences(live, differences)])
        for (const value of [given, stored, former].flatMap((map) => Object.values(map))) {
          expect(shown).not.toContain(value)
          expect(shown).not.toContain(base64OfText(value))
        }
      }),
    )
  })
})

describe('maskDifferences()', () => {
  it('masks values and the annotation, keeps labels', () => {
    const shown = maskDifferences(secret({}), [
      { path: '/data/a', desired: 'x', live: 'y' },
      { path: '/data', live: { a: 'y' } },
      { path: '/metadata/labels/a', desired: '1', live: '2' },
      { path: '/metadata/annotations', live: { a: 'y' } },
    ])
    expect(shown).toEqual([
      { path: '/data/a', desired: MASK, live: OTHER_MASK },
      { path: '/data', live: { a: MASK } },
      { path: '/metadata/labels/a', desired: '1', live: '2' },
      { path: '/metadata/annotations', live: { a: MASK } },
    ])
  })
})

function encode(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, base64OfText(value)]))
}
