import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRow } from './csv-row.js'

/** Reads what RFC 4180 says. */
function fieldsOf(row: string): readonly string[] {
  const fields: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  for (const [, quoted, plain] of row.matchAll(field)) {
    fields.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
  }
  return fields
}

describe('csvRow()', () => {
  it('can be read back, whatever the fields hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (fields) => {
        const back = fieldsOf(csvRow(fields))
        expect(back.map((field, index) => (field === `'${fields[index]}` ? fields[index] : field))).toEqual(
          fields,
        )
      }),
    )
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '|calc', '\n=x'])(
    'disarms the formula %j',
    (formula) => {
      const [first] = fieldsOf(csvRow([formula, 'x']))
      expect(first).toBe(`'${formula}`)
    },
  )

  it('leaves harmless text as it is', () => {
    expect(csvRow(['create-application', 'application/argocd/shop', undefined, 'a,b'])).toBe(
      'create-application,application/argocd/shop,,"a,b"\r\n',
    )
  })
})
