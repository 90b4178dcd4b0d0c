import { describe, expect, it } from 'vitest'
import { StatementNames } from './statement-names.js'

describe('StatementNames', () => {
  it('names equal texts alike, different ones differently, and only so many', () => {
    const names = new StatementNames('list')
    expect(names.of('SELECT 1')).toBe('list-1')
    expect(names.of('SELECT 2')).toBe('list-2')
    expect(names.of(`SELECT ${1}`)).toBe('list-1')
    for (let count = 3; count <= 500; count += 1) names.of(`SELECT ${count}`)
    expect(names.of('SELECT 501')).toBe('')
    expect(names.of('SELECT 500')).toBe('list-500')
  })
})
