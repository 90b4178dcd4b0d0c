import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SealedAt } from '../vault.js'
import { LocalVault, type VaultKey, type VaultKeys } from './local-vault.js'

const AT: SealedAt = { table: 'clusters', row: 'c1', column: 'sealed_credential' }
const PLAIN = Buffer.from('a token')

function newKey(id: string): VaultKey {
  return { id, secret: randomBytes(32) }
}

function keysWith(clusters: readonly VaultKey[]): VaultKeys {
  return {
    rings: { renders: [newKey('r')], git: [newKey('g')], clusters, login: [newKey('l')] },
    installationKey: randomBytes(32),
  }
}

describe('LocalVault', () => {
  const vault = new LocalVault(keysWith([newKey('k1')]))

  it('opens what it sealed', () => {
    const sealed = vault.seal('clusters', AT, PLAIN)
    expect(Buffer.from(vault.open('clusters', AT, sealed))).toEqual(PLAIN)
    expect(Buffer.from(sealed).includes(PLAIN)).toBe(false)
  })

  it('seals equal values differently', () => {
    expect(vault.seal('clusters', AT, PLAIN)).not.toEqual(vault.seal('clusters', AT, PLAIN))
  })

  it.each([
    { ...AT, row: 'c2' },
    { ...AT, table: 'repositories' },
    { ...AT, column: 'other' },
    { table: 'clusters', row: 'c1","sealed_credential', column: '' },
  ])('refuses a ciphertext that was moved to %j', (elsewhere) => {
    const sealed = vault.seal('clusters', AT, PLAIN)
    expect(() => vault.open('clusters', elsewhere, sealed)).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    )
  })

  it('G-07 A-45 refuses a ciphertext with any byte altered', () => {
    const sealed = vault.seal('clusters', AT, PLAIN)
    for (let i = 0; i < sealed.length; i += 1) {
      const altered = Uint8Array.from(sealed, (byte, at) => (at === i ? byte ^ 1 : byte))
      expect(() => vault.open('clusters', AT, altered)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
    }
  })

  it.each([0, 1, 2, 5, 30])('refuses a ciphertext cut to %i bytes', (length) => {
    const sealed = vault.seal('clusters', AT, PLAIN).subarray(0, length)
    expect(() => vault.open('clusters', AT, sealed)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
  })

  it('refuses the key of another purpose', () => {
    const shared = newKey('same')
    const keys = keysWith([shared])
    const both = new LocalVault({ ...keys, rings: { ...keys.rings, git: [shared] } })
    expect(() => both.open('git', AT, both.seal('clusters', AT, PLAIN))).toThrow()
  })

  it('opens with an old key after a rotation and seals with the new one', () => {
    const old = newKey('k1')
    const fresh = newKey('k2')
    const sealed = new LocalVault(keysWith([old])).seal('clusters', AT, PLAIN)
    const rotated = new LocalVault(keysWith([fresh, old]))
    expect(Buffer.from(rotated.open('clusters', AT, sealed))).toEqual(PLAIN)
    const onlyFresh = new LocalVault(keysWith([fresh]))
    expect(Buffer.from(onlyFresh.open('clusters', AT, rotated.seal('clusters', AT, PLAIN)))).toEqual(PLAIN)
    expect(() => onlyFresh.open('clusters', AT, sealed)).toThrow(/its key is unknown/)
  })

  it('hashes with the key of the installation', () => {
    const keys = keysWith([newKey('k')])
    expect(new LocalVault(keys).hmac('text')).toBe(new LocalVault(keys).hmac('text'))
    expect(vault.hmac('text')).not.toBe(new LocalVault(keys).hmac('text'))
    expect(vault.hmac('text')).toMatch(/^[0-9a-f]{64}$/)
  })
})
