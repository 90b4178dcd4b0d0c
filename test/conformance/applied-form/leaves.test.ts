import { describe, expect, it } from 'vitest'
import { configMap, deployment } from './declared.js'
import { leavesOf, ourLeaves } from './field-set.js'
import { at, type Declared, usePlace } from './place.js'

const CONFIG_MAPS = 'v1/configmaps'
const DEPLOYMENTS = 'apps/v1/deployments'
const POLICIES = 'networking.k8s.io/v1/networkpolicies'
const ROLES = 'rbac.authorization.k8s.io/v1/roles'
const place = usePlace()

function policy(name: string, spec: object): Declared {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, spec }
}

function role(name: string, rules: readonly object[]): Declared {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules }
}

describe('an empty map that is declared', () => {
  it('is a leaf of our field set although the live object has no such field', async () => {
    const live = await place().applied(CONFIG_MAPS, configMap('empty', {}))
    expect(ourLeaves(live)).toEqual(['f:data'])
    expect(live['data']).toBeUndefined()
  })

  it('does not forbid children: apply leaves the ones of others and a dry run sees no difference', async () => {
    const here = place()
    await here.applied(CONFIG_MAPS, configMap('children', {}))
    const live = await here.edit(CONFIG_MAPS, 'children', { data: { theirs: '1' } })
    const preview = (await here.apply(CONFIG_MAPS, configMap('children', {}), { dryRun: true })).object
    expect(preview['data']).toEqual({ theirs: '1' })
    const applied = await here.applied(CONFIG_MAPS, configMap('children', {}))
    expect(applied['data']).toEqual({ theirs: '1' })
    // The leaf went with the edit and is back after the apply, with the other's child below it.
    expect(ourLeaves(live)).toEqual([])
    expect(ourLeaves(applied)).toEqual(['f:data'])
  })

  it('as `emptyDir: {}` is not healed either when somebody sets its medium', async () => {
    const here = place()
    const volumes = [{ name: 'scratch', emptyDir: {} }]
    const declared = deployment('scratch', { spec: { replicas: 0 }, pod: { volumes } })
    await here.applied(DEPLOYMENTS, declared)
    const edited = [{ name: 'scratch', emptyDir: { medium: 'Memory' } }]
    await here.edit(DEPLOYMENTS, 'scratch', { spec: { template: { spec: { volumes: edited } } } })
    const live = await here.applied(DEPLOYMENTS, declared)
    expect(at(live, 'spec.template.spec.volumes.0.emptyDir')).toEqual({ medium: 'Memory' })
  })

  it('of an atomic type (`podSelector: {}`) is healed: only the schema tells the two apart', async () => {
    const here = place()
    const declared = policy('atomic-map', { podSelector: {}, ingress: [{}] })
    expect(ourLeaves(await here.applied(POLICIES, declared))).toContain('f:spec/f:podSelector')
    const selector = { matchLabels: { app: 'theirs' } }
    const edited = await here.edit(POLICIES, 'atomic-map', { spec: { podSelector: selector } })
    expect(ourLeaves(edited)).not.toContain('f:spec/f:podSelector')
    const healed = await here.applied(POLICIES, declared)
    expect(at(healed, 'spec.podSelector')).toEqual({})
  })
})

describe('an empty list that is declared', () => {
  it('is a leaf, and the live object has no such field', async () => {
    const live = await place().applied(POLICIES, policy('no-ingress', { podSelector: {}, ingress: [] }))
    expect(ourLeaves(live)).toEqual(['f:spec/f:ingress', 'f:spec/f:podSelector'])
    expect(at(live, 'spec.ingress')).toBeUndefined()
  })
})

describe('an atomic list', () => {
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
  const more = [...rules, { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]

  it('is one leaf, defaults of its items included, and applying it again is no change', async () => {
    const here = place()
    const declared = policy('defaulted', { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] })
    const first = await here.applied(POLICIES, declared)
    expect(ourLeaves(first)).toContain('f:spec/f:ingress')
    expect(at(first, 'spec.ingress.0.ports.0')).toEqual({ port: 80, protocol: 'TCP' })
    const again = await here.applied(POLICIES, declared)
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
  })

  it('goes over to whoever edits it, as a whole, and apply takes it back as a whole', async () => {
    const here = place()
    await here.applied(ROLES, role('widened', rules))
    const edited = await here.edit(ROLES, 'widened', { rules: more })
    expect(ourLeaves(edited)).toEqual([])
    expect(leavesOf(edited, 'someone-else', 'Update')).toEqual(['f:rules'])
    const healed = await here.applied(ROLES, role('widened', rules))
    expect(healed['rules']).toEqual(rules)
    expect(leavesOf(healed, 'someone-else', 'Update')).toEqual([])
  })

  it('that was edited and reverted leaves us with no entry at all, and is no difference', async () => {
    const here = place()
    await here.applied(ROLES, role('back', rules))
    await here.edit(ROLES, 'back', { rules: more })
    const live = await here.edit(ROLES, 'back', { rules })
    expect(ourLeaves(live)).toEqual([])
    const preview = (await here.apply(ROLES, role('back', rules), { dryRun: true })).object
    expect(preview['rules']).toEqual(live['rules'])
    // The preview already holds the new owner under the old resourceVersion: neither may be compared.
    expect(preview.metadata.resourceVersion).toBe(live.metadata.resourceVersion)
    expect(ourLeaves(preview)).toEqual(['f:rules'])
  })
})
