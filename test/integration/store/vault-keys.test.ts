import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openVaultKeys } from '../../../src/vault/local/vault-keys.js'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-vault-'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

describe('openVaultKeys()', () => {
  it('makes the file once, for its owner only', async () => {
    const [first, second] = await Promise.all([openVaultKeys(dir), openVaultKeys(dir)])
    expect(first).toEqual(second)
    expect(await openVaultKeys(dir)).toEqual(first)
    expect((await stat(join(dir, 'vault-keys.json'))).mode & 0o777).toBe(0o600)
  })

  it('refuses a damaged file without quoting it', async () => {
    await openVaultKeys(dir)
    const file = join(dir, 'vault-keys.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.slice(0, -20))
    const error = await openVaultKeys(dir).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'INTERNAL' })
    expect(String(error)).not.toContain(text.slice(30, 60))
  })
})
