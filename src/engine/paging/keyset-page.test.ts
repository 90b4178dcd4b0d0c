import { describe, expect, it } from 'vitest'
import { keysetPage } from './keyset-page.js'

const pageOf = (rows: string, wish: { readonly first: number; readonly after?: string }) =>
  keysetPage([...rows], (row) => row, wish)

describe('keysetPage()', () => {
  it('walks the whole list, each row once', () => {
    const seen: string[] = []
    let after: string | undefined
    for (let more = true; more;) {
      const page = pageOf('abcde', { first: 2, ...(after !== undefined && { after }) })
      seen.push(...page.rows)
      after = page.rows.at(-1)
      more = page.hasNextPage
    }
    expect(seen.join('')).toBe('abcde')
  })

  it('goes on behind a row that is gone, and sees what came behind it', () => {
    expect(pageOf('ade', { first: 2, after: 'c' })).toEqual({ rows: ['d', 'e'], hasNextPage: false })
    expect(pageOf('abde', { first: 1, after: 'c' })).toEqual({ rows: ['d'], hasNextPage: true })
  })

  it('is empty behind the end and of an empty list', () => {
    expect(pageOf('ab', { first: 2, after: 'b' })).toEqual({ rows: [], hasNextPage: false })
    expect(pageOf('', { first: 2 })).toEqual({ rows: [], hasNextPage: false })
  })
})
