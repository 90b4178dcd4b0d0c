import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.js'
import { assessHealth } from './assess-health.js'
import { HEALTH_ORDER, type Health } from './health.js'
import { isWorse, worstHealth } from './worst-health.js'

const folder = new URL('testdata/', import.meta.url)

function fixture(file: string): Manifest {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Manifest
}

function live(kind: string, metadata: object = {}): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name: 'x', ...metadata } }
}

describe('assessHealth()', () => {
  it.each(readdirSync(folder))('%s is judged as its name says', (file) => {
    const stated = /-(healthy|suspended|progressing|missing|degraded|unknown)[.]/.exec(file)?.[1]
    expect(assessHealth(fixture(file))?.status.toLowerCase()).toBe(stated)
  })

  it.each([
    ['deployment-degraded.json', 'Deployment "web" exceeded its progress deadline'],
    ['deployment-suspended.json', 'Deployment is paused'],
    ['pod-degraded.exit-code.json', 'container "a" failed with exit code 3'],
    ['pod-degraded.out-of-memory.json', 'OOMKilled'],
    ['stateful-set-progressing.not-ready.json', 'Waiting for 1 pods to be ready...'],
    ['api-service-healthy.json', 'Passed: ok'],
    ['job-suspended.json', 'Job suspended'],
    ['deployment-progressing.deleting.json', 'Pending deletion'],
  ])('%s says why', (file, message) => {
    expect(assessHealth(fixture(file))?.message).toBe(message)
  })

  it('answers undefined for kinds without a rule', () => {
    expect(assessHealth(live('ConfigMap'))).toBeUndefined()
    expect(assessHealth({ ...live('Deployment'), apiVersion: 'example.com/v1' })).toBeUndefined()
  })

  it('takes deletion before any rule, unless the hook finalizer holds the object', () => {
    const deletionTimestamp = '2026-01-01T00:00:00Z'
    expect(assessHealth(live('ConfigMap', { deletionTimestamp }))?.status).toBe('Progressing')
    const hook = live('ConfigMap', { deletionTimestamp, finalizers: ['argocd.argoproj.io/hook-finalizer'] })
    expect(assessHealth(hook)).toBeUndefined()
  })

  it('never fails, whatever spec and status are', () => {
    const kinds = readdirSync(folder).map(fixture)
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.anything(), fc.anything(), (manifest, spec, status) => {
        const judged = assessHealth({ ...manifest, spec, status })
        expect(HEALTH_ORDER).toContain(judged?.status)
      }),
    )
  })
})

describe('worstHealth()', () => {
  const healths = fc.array(
    fc.record({ status: fc.constantFrom(...HEALTH_ORDER), message: fc.string() }) as fc.Arbitrary<Health>,
  )

  it('is Healthy for nothing', () => {
    expect(worstHealth([])).toEqual({ status: 'Healthy' })
  })

  it('is monotone: one more never makes it better', () => {
    fc.assert(
      fc.property(healths, healths, (some, more) => {
        expect(isWorse(worstHealth([...some, ...more]).status, worstHealth(some).status)).toBe(false)
      }),
    )
  })

  it('is one of the list and none is worse', () => {
    fc.assert(
      fc.property(healths, (list) => {
        fc.pre(list.length > 0)
        const worst = worstHealth(list)
        expect(list).toContain(worst)
        expect(list.some((one) => isWorse(worst.status, one.status))).toBe(false)
      }),
    )
  })
})
