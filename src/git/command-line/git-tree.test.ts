import { describe, expect, it } from 'vitest'
import { parseTree, pathParts } from './git-tree.js'
import { parseRefs } from './parse-refs.js'

const OID = 'ab'.repeat(20)
const line = (mode: string, name: string, oid = OID): Buffer =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')])

describe('parseTree()', () => {
  it('reads files, folders, links and submodules', () => {
    const content = Buffer.concat([
      line('100644', 'a b.yaml'),
      line('40000', 'dir'),
      line('120000', 'link'),
      line('160000', 'module'),
    ])
    expect([...parseTree(content, OID).values()].map(({ name, mode, type }) => [name, mode, type])).toEqual([
      ['a b.yaml', '100644', 'blob'],
      ['dir', '040000', 'tree'],
      ['link', '120000', 'blob'],
      ['module', '160000', 'commit'],
    ])
  })

  it('reads SHA-256 trees', () => {
    const oid = 'cd'.repeat(32)
    expect(parseTree(line('100644', 'a', oid), oid).get('a')?.oid).toBe(oid)
  })

  it('refuses names that leave the folder, and what is cut off', () => {
    for (const name of ['..', '.', '', 'a/b'])
      expect(() => parseTree(line('100644', name), OID)).toThrow('unsafe')
    expect(() => parseTree(line('100644', 'a').subarray(0, 20), OID)).toThrow('malformed')
  })
})

describe('pathParts()', () => {
  it.each([
    ['', []],
    ['.', []],
    ['/a//b/', ['a', 'b']],
    ['a/../b', ['b']],
    ['..', undefined],
    ['a/../../b', undefined],
  ])('of "%s"', (path, parts) => {
    expect(pathParts(path)).toEqual(parts)
  })
})

describe('parseRefs()', () => {
  it('peels annotated tags, whichever line comes first, and skips what is none', () => {
    const other = 'cd'.repeat(20)
    const lines = `${OID}\trefs/tags/v1^{}\n${other}\trefs/tags/v1\n\twarning\nref: x\tHEAD\n\trefs/heads/x^{}\n`
    expect([...parseRefs(lines)]).toEqual([['refs/tags/v1', OID]])
  })
})
