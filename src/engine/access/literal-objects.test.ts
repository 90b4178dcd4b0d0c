import { describe, expect, it } from 'vitest'
import { compileGrants } from './compile-grants.js'
import { decide } from './decide.js'
import type { Principal } from './principal.js'

function allowed(line: string, object: string): boolean {
  const grants = compileGrants([line], 'ann', [])
  const ann: Principal = { subject: 'ann', kind: 'user', groups: [], grants }
  return decide(ann, 'applications', 'get', object) === undefined
}

describe('objects are texts', () => {
  it.each([
    'shop/../other',
    'shop//web',
    'shop%2fweb',
    'shop/web/',
    'SHOP/web',
    'shop/WEB',
    'shop\\web',
    './shop/web',
    'shop/web\u0000',
    'shop/we\u200bb',
    ' shop/web',
    'shop/web\n',
    '*/web',
    'shop/*',
    '!(shop)/web',
    '{shop,till}/web',
    '[s]hop/web',
  ])('D-04 %j is not shop/web', (object) => {
    expect(allowed('p, ann, applications, get, shop/web, allow', object)).toBe(false)
  })

  it('D-04 a wildcard in the name of an object is a character, and reaches nothing else', () => {
    expect(allowed('p, ann, applications, get, shop/\\*, allow', 'shop/*')).toBe(true)
    expect(allowed('p, ann, applications, get, shop/\\*, allow', 'shop/web')).toBe(false)
    expect(allowed('p, ann, applications, get, shop/*, allow', 'till/../shop/web')).toBe(false)
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'D-05 %s is a name like any other, of a person, a role and an object',
    (name) => {
      expect(allowed(`p, ann, applications, get, ${name}/${name}, allow`, `${name}/${name}`)).toBe(true)
      expect(allowed(`p, ${name}, applications, get, *, allow`, 'shop/web')).toBe(false)
      const grants = compileGrants([`p, ${name}, applications, get, shop/web, allow`], name, [])
      const principal: Principal = { subject: name, kind: 'user', groups: [], grants }
      expect(decide(principal, 'applications', 'get', 'shop/web')).toBeUndefined()
      expect(decide(principal, 'applications', 'sync', 'shop/web')).toBeDefined()
      expect(compileGrants([], name, [name]).rules).toEqual([])
    },
  )

  it.each(['r.sub == "x" || true', '1); process.exit(1', '${process.env.HOME}', 'eval(p.obj)'])(
    'D-05 the text %j in a line is compared and never run',
    (text) => {
      expect(allowed(`p, ann, applications, get, "${text.replaceAll('"', '""')}", allow`, 'shop/web')).toBe(
        false,
      )
    },
  )
})
