import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_POLICY } from './built-in-policy.js'
import { compileGrants } from './compile-grants.js'
import { decide } from './decide.js'

type Question = readonly [string, string, string]

/** The model of contract 1.11 word for word, line by line: `some(allow) && !some(deny)`. Slow, and obviously right. */
function reference(lines: readonly string[], names: readonly string[]): (asked: Question) => boolean {
  const rows = [...BUILT_IN_POLICY, ...lines].map((line) => line.split(',').map((field) => field.trim()))
  const links = rows.filter(([kind]) => kind === 'g')
  const isIn = (name: string, role: string, seen: readonly string[] = []): boolean =>
    name === role ||
    links.some(
      ([, member, above = '']) =>
        member === name && !seen.includes(name) && isIn(above, role, [...seen, name]),
    )
  const own = rows.filter(([kind, role = '']) => kind === 'p' && names.some((name) => isIn(name, role)))
  return (asked) => {
    const matching = own.filter(([, , ...wanted]) =>
      asked.every((word, at) => toRegExp(wanted[at] ?? '').test(word)),
    )
    return matching.some((row) => row[5] === 'allow') && !matching.some((row) => row[5] === 'deny')
  }
}

/** For patterns of letters, `/`, `*`, `?` only. */
function toRegExp(pattern: string): RegExp {
  const known = patterns.get(pattern)
  if (known !== undefined) return known
  const made = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
  patterns.set(pattern, made)
  return made
}

const patterns = new Map<string, RegExp>()

const subject = fc.constantFrom('alice', 'bob', 'admin')
const group = fc.constantFrom('team', 'ops')
const role = fc.constantFrom('role:a', 'role:b', 'role:readonly', 'role:admin')
const resource = fc.constantFrom('applications', 'projects', 'logs', 'clusters')
const action = fc.constantFrom('get', 'sync', 'delete', 'action/apps/Deployment/restart')
const object = fc.constantFrom('a/x', 'a/y', 'a/ns/x', 'b/x', 'b', 'https://k8s')
const pattern = fc.constantFrom('*', 'a/*', 'a/x', '*/x', 'b*', '?/y', 'a/*/x', 'https*')

const grant = fc
  .tuple(
    fc.oneof(subject, group, role),
    fc.oneof(resource, fc.constant('*')),
    fc.oneof(action, fc.constantFrom('*', 'action/*')),
    pattern,
    fc.constantFrom('allow', 'allow', 'deny'),
  )
  .map((fields) => `p, ${fields.join(', ')}`)
const member = fc.tuple(fc.oneof(subject, group, role), role).map(([one, other]) => `g, ${one}, ${other}`)
const policy = fc.array(fc.oneof({ weight: 3, arbitrary: grant }, { weight: 1, arbitrary: member }), {
  maxLength: 12,
})

const QUESTIONS = 25
const question = fc.tuple(resource, action, object)

describe('decide() agrees with the model of contract 1.11', () => {
  it('decide() answers 50,000 random questions like the reference', () => {
    const questions = fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS })
    fc.assert(
      fc.property(policy, subject, fc.uniqueArray(group), questions, (lines, name, groups, asked) => {
        const principal = {
          subject: name,
          kind: 'user' as const,
          groups,
          grants: compileGrants(lines, name, groups),
        }
        const allowed = asked.map((words) => decide(principal, ...words) === undefined)
        expect(allowed).toEqual(asked.map(reference(lines, [name, ...groups])))
      }),
      { numRuns: 50_000 / QUESTIONS },
    )
  })
})
