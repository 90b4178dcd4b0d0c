import { describe, expect, it } from 'vitest'
import { conformancePage } from './conformance-page.mjs'
import { schemaFaults } from './schema-changes.mjs'
import { securityCases } from './security-cases.mjs'
import { titlesOf } from './test-titles.mjs'

/** Put together here, so that these are no tags of this very file. */
const tag = (name) => `[${'9.9'} ${name}]`

describe('titlesOf()', () => {
  it('reads plain, nested, tabled and put-together titles, and whether they run', () => {
    const text = `
      describe('outer', () => { it('plain', run); it.skip('off', run); it('put ' + 'together', run) })
      describe.skip('away', () => { it('within', run) })
      it.each([['row one', 1], ['row two', 2]])('%s', run)
      it.skipIf(slow)('sometimes', run)
      it(\`with \${hole} in it\`, run)
      notATest('no', run)`
    expect(titlesOf('a.test.ts', text).map(({ title, skipped }) => [title, skipped])).toEqual([
      ['outer', false],
      ['plain', false],
      ['off', true],
      ['put together', false],
      ['away', true],
      ['within', true],
      ['%s', false],
      ['row one', false],
      ['row two', false],
      ['sometimes', true],
      ['with … in it', false],
    ])
  })
})

describe('conformancePage()', () => {
  const sections = (rows) => [{ section: '9.9', title: 'Things', complete: true, rows }]
  const row = { name: 'a / b', importance: 'M' }

  it('lists a row with its cases, and an open one with the reason', () => {
    const titles = [{ file: 'x.test.ts', title: `${tag('a / b')} it works`, skipped: false }]
    const open = { name: 'later', importance: 'E', open: 'not built yet' }
    const { page, faults } = conformancePage(sections([row, open]), titles)
    expect(faults).toEqual([])
    expect(page).toContain('| a / b | M | it works (`x.test.ts`) |')
    expect(page).toContain('| later | E | open: not built yet |')
    expect(page).toContain('1 of 2 rows')
  })

  it.each([
    ['a tag that names no row', [{ file: 'x', title: tag('other'), skipped: false }], { ...row, open: 'x' }],
    ['a skipped case', [{ file: 'x', title: tag('a / b'), skipped: true }], { ...row, open: 'x' }],
    ['a row without case and reason', [], row],
  ])('finds %s', (_name, titles, one) => {
    expect(conformancePage(sections([one]), titles).faults).toHaveLength(1)
  })
})

describe('securityCases()', () => {
  const id = (number) => `${'Z'}-${number}`
  const title = (number, skipped = false) => ({ file: 'x', title: `${id(number)} it is refused`, skipped })

  it('maps ids to the cases that begin with them', () => {
    const both = { file: 'x', title: `${id(10)}, ${id(11)}: one for both`, skipped: false }
    const rows = [{ id: id(10) }, { id: id(11) }, { id: id(12), notYet: 'later' }]
    const { cases, faults } = securityCases(rows, [
      both,
      { ...both, title: `not ${id(12)} at the beginning` },
    ])
    expect(faults).toEqual([])
    expect(cases).toEqual({
      [id(10)]: [{ file: 'x', title: 'one for both' }],
      [id(11)]: [{ file: 'x', title: 'one for both' }],
    })
  })

  it('finds ids behind tags of the conformance table, and keeps those', () => {
    const tagged = { file: 'x', title: `${tag('a / b')} ${id(10)} it works`, skipped: false }
    const { cases, faults } = securityCases([{ id: id(10), rest: 'the other half' }], [tagged])
    expect(faults).toEqual([])
    expect(cases[id(10)]).toEqual([{ file: 'x', title: `${tag('a / b')} it works` }])
  })

  it.each([
    ['a row without a case', [{ id: id(10) }], [], {}],
    ['a row without a case or a reason', [{ id: id(10), notYet: 'no case yet' }], [], {}],
    ['a row with a case that is said to be missing', [{ id: id(10), notYet: 'later' }], [title(10)], {}],
    ['a skipped case', [{ id: id(10), notYet: 'later' }], [title(10, true)], {}],
    ['an id that is no row', [{ id: id(10), notYet: 'later' }], [title(11)], {}],
    [
      'a case that went away',
      [{ id: id(10), notYet: 'later' }],
      [],
      { [id(10)]: [{ file: 'x', title: 'y' }] },
    ],
  ])('finds %s', (_name, rows, titles, before) => {
    expect(securityCases(rows, titles, before).faults).toHaveLength(1)
  })
})

describe('schemaFaults()', () => {
  const before = 'type Query { a: Int b(c: Int): Int }'
  const removed = 'Query.a was removed.'

  it('asks for a note on what breaks clients, and not on what is added', () => {
    expect(schemaFaults(before, 'type Query { a: Int b(c: Int): Int more: Int }', '')).toEqual([])
    expect(schemaFaults(before, 'type Query { b(c: Int): Int }', '')).toEqual([
      expect.stringContaining(removed),
    ])
    expect(schemaFaults(before, 'type Query { a: Int b(c: Int!): Int }', '')).toHaveLength(1)
  })

  it('is content with a note that says what to do, and finds one that nothing is behind', () => {
    const note = `- \`${removed}\` Use b.`
    expect(schemaFaults(before, 'type Query { b(c: Int): Int }', note)).toEqual([])
    expect(schemaFaults(before, 'type Query { b(c: Int): Int }', `- \`${removed}\``)).toHaveLength(1)
    expect(schemaFaults(before, before, note)).toHaveLength(1)
  })
})
