import { describe, expect, it } from 'vitest'
import { kindRank } from './kind-order.js'
import { syncWave } from './sync-wave.js'

describe('syncWave() reads the wave of an object', () => {
  it.each([
    [undefined, 0],
    [{ 'argocd.argoproj.io/sync-wave': '-5' }, -5],
    [{ 'argocd.argoproj.io/sync-wave': '+2' }, 2],
    [{ 'argocd.argoproj.io/sync-wave': 'first' }, 0],
    [{ 'argocd.argoproj.io/sync-wave': '-0' }, 0],
    [{ 'helm.sh/hook-weight': '3' }, 3],
    [{ 'argocd.argoproj.io/sync-wave': '1', 'helm.sh/hook-weight': '3' }, 1],
  ])('syncWave() of %j is %i', (annotations, wave) => {
    expect(syncWave(annotations as Record<string, string> | undefined)).toBe(wave)
  })
})

describe('kindRank() orders kinds', () => {
  it('kindRank() puts namespaces first and unknown kinds last', () => {
    const kinds = ['Widget', 'Deployment', 'CustomResourceDefinition', 'Namespace', 'ConfigMap', 'APIService']
    expect(kinds.sort((a, b) => kindRank(a) - kindRank(b))).toEqual([
      'Namespace',
      'ConfigMap',
      'CustomResourceDefinition',
      'Deployment',
      'APIService',
      'Widget',
    ])
  })
})
