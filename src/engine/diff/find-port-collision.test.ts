import { describe, expect, it } from 'vitest'
import type { JsonObject, Manifest } from '../manifest/manifest.js'
import { applyJsonPatch } from '../patch/json-patch.js'
import { parseFieldSet, type FieldSet } from './field-set.js'
import { repairListKeys } from './find-port-collision.js'

function ports(...items: readonly object[]): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', resourceVersion: '7' },
    spec: { ports: items },
  }
}

function owning(...keys: readonly number[]): FieldSet {
  const items = keys.map((port) => [`k:{"port":${port},"protocol":"TCP"}`, { 'f:port': {} }])
  return parseFieldSet({ 'f:spec': { 'f:ports': Object.fromEntries(items) as object } }) as FieldSet
}

const guard = { op: 'test', path: '/metadata/resourceVersion', value: '7' }

describe('repairListKeys()', () => {
  it('removes an item whose edited key leaves its name in the way', () => {
    const desired = ports({ port: 80, name: 'http' }, { port: 443, name: 'https' })
    const live = ports(
      { port: 81, name: 'http', protocol: 'TCP', nodePort: 30000 },
      { port: 443, name: 'https', protocol: 'TCP' },
    )
    expect(repairListKeys(desired, live, owning(80, 443))).toEqual([
      guard,
      { op: 'remove', path: '/spec/ports/0' },
    ])
  })

  it('gives the only port of a Service its key back, since none may not be left', () => {
    const desired = ports({ port: 80 })
    const live = ports({ port: 81, protocol: 'UDP' })
    const operations = repairListKeys(desired, live, owning(80))
    expect(operations).toEqual([
      guard,
      { op: 'replace', path: '/spec/ports/0/port', value: 80 },
      { op: 'replace', path: '/spec/ports/0/protocol', value: 'TCP' },
    ])
  })

  it('leaves one port when several collide', () => {
    const desired = ports({ port: 80, name: 'a', nodePort: 30000 })
    const live = ports(
      { port: 81, name: 'a', protocol: 'TCP' },
      { port: 82, name: 'b', protocol: 'TCP', nodePort: 30000 },
    )
    const operations = repairListKeys(desired, live, owning(80))
    expect(applyJsonPatch(live as JsonObject, operations)).toMatchObject({
      spec: { ports: [{ port: 80, name: 'a', protocol: 'TCP' }] },
    })
  })

  it('leaves items of others and untouched lists alone', () => {
    const desired = ports({ port: 80, name: 'http' })
    expect(
      repairListKeys(desired, ports({ port: 80, name: 'http' }, { port: 90, name: 'x' }), owning(80)),
    ).toEqual([])
    expect(repairListKeys(desired, ports({ port: 90, name: 'x' }), owning(80))).toEqual([])
  })

  it('touches no list of which we own nothing', () => {
    const none = parseFieldSet({ 'f:metadata': { 'f:labels': {} } }) as FieldSet
    expect(repairListKeys(ports({ port: 80 }), ports({ port: 81 }), none)).toEqual([])
  })

  it('finds the ports of containers', () => {
    const deployment = (containers: readonly object[]): Manifest => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', resourceVersion: '7' },
      spec: { template: { spec: { containers } } },
    })
    const key = 'k:{"containerPort":80,"protocol":"TCP"}'
    const container = { 'f:ports': { [key]: { 'f:containerPort': {} } } }
    const set = parseFieldSet({
      'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': container } } } },
    }) as FieldSet
    const desired = deployment([{ name: 'a', ports: [{ containerPort: 80, name: 'http' }] }])
    const live = deployment([
      { name: 'z' },
      { name: 'a', ports: [{ containerPort: 81, name: 'http', protocol: 'TCP' }] },
    ])
    expect(repairListKeys(desired, live, set)).toEqual([
      guard,
      { op: 'remove', path: '/spec/template/spec/containers/1/ports/0' },
    ])
  })
})
