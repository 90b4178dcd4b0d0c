import { describe, expect, it } from 'vitest'
import { decodeRender, encodeRender, renderLocation } from './render-archive.js'
import { renderKey } from './render-key.js'

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a)
const manifests = [
  {
    manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { ü: '\u0000' } },
    origin: { file: 'a.yaml', line: 3 },
  },
]

describe('render archive', () => {
  it('decodeRender() is the inverse of encodeRender(), sealed in between', () => {
    const stored = encodeRender(manifests, flip)
    expect(Buffer.from(stored).includes('ConfigMap')).toBe(false)
    expect(decodeRender(stored, flip)).toEqual(manifests)
    expect(() => decodeRender(stored, (bytes) => bytes)).toThrow()
  })

  it('renderLocation() ties a render to its key', () => {
    expect(renderLocation('k')).toEqual({ table: 'renders', row: 'k', column: 'content' })
  })
})

describe('renderKey()', () => {
  const identity = {
    repositoryId: 'r1',
    rendererVersion: 'directory/1',
    source: { repoURL: 'https://x/y', path: 'a', targetRevision: 'main', directory: { recurse: true } },
    inputs: { a: 'oid', b: null },
  }
  const key = (change: object) => renderKey({ ...identity, ...change }, (text) => text)

  it('is equal for another commit or address with the same inputs', () => {
    const source = {
      directory: { recurse: true },
      path: 'a',
      targetRevision: 'v2',
      repoURL: 'https://x/y.git',
    }
    expect(key({ source })).toBe(key({}))
    expect(key({ inputs: { b: null, a: 'oid' } })).toBe(key({}))
  })

  it('differs with repository, renderer, options and every input', () => {
    const others = [
      { repositoryId: 'r2' },
      { rendererVersion: 'directory/2' },
      { source: { ...identity.source, path: 'b' } },
      { source: { ...identity.source, directory: { recurse: true, include: '*' } } },
      { inputs: { a: 'other', b: null } },
      { inputs: { a: 'oid', b: 'oid' } },
      { inputs: { a: 'oid' } },
    ]
    expect(new Set([{}, ...others].map(key)).size).toBe(others.length + 1)
  })
})
