import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isNewEnough } from './bootstrap/bring-node.mjs'
import { equalsLock } from './bootstrap/install-packages.mjs'
import { cacheFolder } from './bootstrap/paths.mjs'
import { readTestCounts } from './gates/read-test-counts.mjs'

describe('isNewEnough()', () => {
  it.each([
    ['v20.20.2', false],
    ['v22.18.9', false],
    ['v22.19.0', true],
    ['v24.0.0', true],
  ])('%s: %s', (version, expected) => expect(isNewEnough(version)).toBe(expected))
})

describe('equalsLock()', () => {
  const lock = (packages) => JSON.stringify({ packages: { '': { name: 'x' }, ...packages } })
  const wanted = lock({
    'node_modules/a': { version: '1' },
    'node_modules/b': { version: '1', optional: true },
  })

  it('accepts the same versions, and optional packages of another platform that are absent', () => {
    expect(equalsLock(wanted, JSON.stringify({ packages: { 'node_modules/a': { version: '1' } } }))).toBe(
      true,
    )
  })

  it.each([
    ['another version', { 'node_modules/a': { version: '2' } }],
    ['a missing package', {}],
    [
      'a package that is not wanted',
      { 'node_modules/a': { version: '1' }, 'node_modules/c': { version: '1' } },
    ],
  ])('refuses %s', (_name, packages) => expect(equalsLock(wanted, JSON.stringify({ packages }))).toBe(false))

  it('refuses when npm noted nothing', () => expect(equalsLock(wanted, undefined)).toBe(false))
})

describe('cacheFolder()', () => {
  it('follows XDG_CACHE_HOME, and the habit of each system', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe(join('/x', 'lockstep'))
    expect(cacheFolder({}, 'darwin')).toMatch(/Library\/Caches\/lockstep$/)
    expect(cacheFolder({}, 'linux')).toMatch(/\.cache\/lockstep$/)
  })
})

describe('readTestCounts()', () => {
  it('counts a file that did not load as a failure, and a missing report too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-counts-'))
    const file = join(folder, 'report.json')
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ]
    const numbers = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 }
    await writeFile(file, JSON.stringify({ ...numbers, testResults }))
    expect(await readTestCounts(file)).toEqual({ passed: 1, failed: 1, skipped: 3 })
    expect(await readTestCounts(join(folder, 'absent.json'))).toEqual({ passed: 0, failed: 1, skipped: 0 })
    await rm(folder, { recursive: true })
  })
})
