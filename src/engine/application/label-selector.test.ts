import { describe, expect, it } from 'vitest'
import { fitsLabels, parseLabelSelector } from './label-selector.js'

function fits(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const terms = parseLabelSelector(selector)
  if (typeof terms === 'string') throw new Error(terms)
  return fitsLabels(labels, terms)
}

describe('parseLabelSelector()', () => {
  it('reads every operator of Kubernetes', () => {
    expect(parseLabelSelector('a=b, c==d,e!=f,g in (h, i),j notin (k),team.example/l , !m')).toEqual([
      { key: 'a', operator: 'in', values: ['b'] },
      { key: 'c', operator: 'in', values: ['d'] },
      { key: 'e', operator: 'notIn', values: ['f'] },
      { key: 'g', operator: 'in', values: ['h', 'i'] },
      { key: 'j', operator: 'notIn', values: ['k'] },
      { key: 'team.example/l', operator: 'exists', values: [] },
      { key: 'm', operator: 'absent', values: [] },
    ])
    expect(parseLabelSelector('')).toEqual([])
  })

  it('names the term that it cannot read', () => {
    expect(parseLabelSelector('a=b,c>d')).toContain('"c>d"')
    expect(parseLabelSelector('a in b')).toContain('"a in b"')
    expect(parseLabelSelector(Array.from({ length: 51 }, (_, index) => `k${index}`).join(','))).toContain(
      '50',
    )
  })
})

describe('fitsLabels()', () => {
  it('wants all terms; unequal holds without the label too', () => {
    const labels = { team: 'a', tier: '' }
    expect(fits('team=a,tier', labels)).toBe(true)
    expect(fits('team in (b,a)', labels)).toBe(true)
    expect(fits('team=a,stage', labels)).toBe(false)
    expect(fits('stage!=x,!stage', labels)).toBe(true)
    expect(fits('team notin (a)', labels)).toBe(false)
    expect(fits('tier=', labels)).toBe(true)
    expect(fits('constructor', labels)).toBe(false)
  })
})
