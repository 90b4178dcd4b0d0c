import { createCipheriv, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyPurpose, SealedAt } from '../vault.js'
import { parseKeyFile, PURPOSES, writeKeyFile } from './key-file.js'
import { LocalVault, type VaultKeys } from './local-vault.js'
import { faultsOfKeys, HOLDINGS, keysFor, type KeyHolder } from './role-keys.js'
import { newVaultKey } from './vault-keys.js'

const ALL = allKeys()
const HOLDERS = Object.keys(HOLDINGS) as KeyHolder[]
const AT: SealedAt = { table: 'clusters', row: 'c1', column: 'credential' }
const refused = expect.objectContaining({ code: 'INTERNAL' })

function allKeys(): VaultKeys {
  const rings = Object.fromEntries(PURPOSES.map((purpose) => [purpose, [newVaultKey()]]))
  return { rings, installationKey: randomBytes(32) }
}

/** As the role would get them: through its file. */
function vaultOf(holder: KeyHolder, keys: VaultKeys = ALL): LocalVault {
  return new LocalVault(parseKeyFile('keys.json', writeKeyFile(keysFor(holder, keys))))
}

/** What each role can do with each purpose: seal, open. */
const CAPABILITIES: Readonly<Record<KeyHolder, Readonly<Record<KeyPurpose, string>>>> = {
  gateway: { git: 'seal', clusters: 'seal', renders: '', login: 'seal open' },
  'source-worker': { git: 'seal open', clusters: '', renders: 'seal open', login: '' },
  'cluster-worker': { git: '', clusters: 'seal open', renders: 'seal open', login: '' },
}

describe('keysFor()', () => {
  const everything = new LocalVault(ALL)

  it.each(HOLDERS.flatMap((holder) => PURPOSES.map((purpose) => ({ holder, purpose }))))(
    'lets a $holder do with "$purpose" what the table says and nothing else',
    ({ holder, purpose }) => {
      const vault = vaultOf(holder)
      const sealed = everything.seal(purpose, AT, Buffer.from('secret'))
      const can = CAPABILITIES[holder][purpose].split(' ')
      if (can.includes('open')) expect(Buffer.from(vault.open(purpose, AT, sealed)).toString()).toBe('secret')
      else expect(() => vault.open(purpose, AT, sealed)).toThrow(refused)
      if (can.includes('seal')) {
        const own = vault.seal(purpose, AT, Buffer.from('written'))
        expect(Buffer.from(everything.open(purpose, AT, own)).toString()).toBe('written')
      } else expect(() => vault.seal(purpose, AT, Buffer.from('written'))).toThrow(refused)
    },
  )

  it('keeps from a gateway even what it sealed itself', () => {
    const gateway = vaultOf('gateway')
    for (const purpose of ['git', 'clusters'] as const) {
      const sealed = gateway.seal(purpose, AT, Buffer.from('secret'))
      expect(() => gateway.open(purpose, AT, sealed)).toThrow(refused)
    }
  })

  it('puts no secret of another role into a file', () => {
    const text = writeKeyFile(keysFor('gateway', ALL))
    for (const purpose of ['git', 'clusters', 'renders'] as const) {
      for (const { secret } of ALL.rings[purpose] ?? [])
        expect(text).not.toContain(Buffer.from(secret).toString('base64'))
    }
    expect(text).not.toContain(Buffer.from(ALL.installationKey ?? []).toString('base64'))
  })

  it('gives the hash of objects to workers only', () => {
    expect(vaultOf('source-worker').hmac('a')).toBe(vaultOf('cluster-worker').hmac('a'))
    expect(() => vaultOf('gateway').hmac('a')).toThrow(refused)
  })
})

describe('a sealed box', () => {
  const gateway = vaultOf('gateway')
  const worker = vaultOf('cluster-worker')
  const place = fc.record({ table: fc.string(), row: fc.string(), column: fc.string() })

  it('opens with every content at its place, and nowhere else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), place, place, (plain, at, elsewhere) => {
        const sealed = gateway.seal('clusters', at, plain)
        expect(Buffer.from(worker.open('clusters', at, sealed))).toEqual(Buffer.from(plain))
        if (JSON.stringify(at) !== JSON.stringify(elsewhere))
          expect(() => worker.open('clusters', elsewhere, sealed)).toThrow(refused)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses any altered bit and any cut', () => {
    const sealed = gateway.seal('clusters', AT, Buffer.from('token'))
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Uint8Array.from(sealed)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => worker.open('clusters', AT, altered)).toThrow(refused)
    }
    for (let end = 0; end < sealed.length; end += 1)
      expect(() => worker.open('clusters', AT, sealed.subarray(0, end))).toThrow(refused)
  })

  it('does not open as the credential of another purpose', () => {
    const shared = newVaultKey()
    const rings = { ...ALL.rings, git: [shared], clusters: [shared] }
    const both = new LocalVault({ ...ALL, rings })
    expect(() => both.open('git', AT, both.seal('clusters', AT, Buffer.from('x')))).toThrow(refused)
  })

  it('refuses the point that agrees on nothing', () => {
    const sealed = Uint8Array.from(gateway.seal('clusters', AT, Buffer.from('token')))
    const start = 2 + (sealed[1] ?? 0)
    sealed.fill(0, start, start + 32)
    expect(() => worker.open('clusters', AT, sealed)).toThrow(refused)
  })

  it('follows a rotation: workers first, then the gateway, then the old key goes', () => {
    const fresh = newVaultKey()
    const before = gateway.seal('clusters', AT, Buffer.from('old'))
    const rotated = { ...ALL, rings: { ...ALL.rings, clusters: [fresh, ...(ALL.rings.clusters ?? [])] } }
    const rotatedWorker = vaultOf('cluster-worker', rotated)
    expect(Buffer.from(rotatedWorker.open('clusters', AT, before)).toString()).toBe('old')
    const after = vaultOf('gateway', rotated).seal('clusters', AT, Buffer.from('new'))
    expect(Buffer.from(rotatedWorker.open('clusters', AT, after)).toString()).toBe('new')
    const retired = vaultOf('cluster-worker', { ...ALL, rings: { ...ALL.rings, clusters: [fresh] } })
    expect(Buffer.from(retired.open('clusters', AT, after)).toString()).toBe('new')
    expect(() => retired.open('clusters', AT, before)).toThrow(/its key is unknown/)
  })
})

describe('LocalVault', () => {
  it('still opens credentials that were sealed symmetrically', () => {
    const key = ALL.rings.clusters?.[0] ?? newVaultKey()
    const sealed = sealedBefore(key.id, key.secret, Buffer.from('since long'))
    expect(Buffer.from(vaultOf('cluster-worker').open('clusters', AT, sealed)).toString()).toBe('since long')
    expect(() => vaultOf('gateway').open('clusters', AT, sealed)).toThrow(refused)
  })
})

describe('faultsOfKeys()', () => {
  it('has nothing against what each role gets', () => {
    for (const holder of HOLDERS) expect(faultsOfKeys(holder, keysFor(holder, ALL))).toEqual([])
  })

  it('lists all that is missing and all that must not be there', () => {
    const faults = faultsOfKeys('gateway', ALL)
    expect(faults).toEqual([
      'rings.renders must not be there (a gateway)',
      'rings.git must not be there (a gateway)',
      'rings.clusters must not be there (a gateway)',
      'publicKeys.git is missing (a gateway)',
      'publicKeys.clusters is missing (a gateway)',
      'installationKey must not be there (a gateway)',
    ])
    expect(faultsOfKeys('cluster-worker', { rings: {} })).toHaveLength(3)
  })
})

/** Format 1, as releases before sealed boxes wrote it. */
function sealedBefore(id: string, secret: Uint8Array, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: 16 })
  cipher.setAAD(Buffer.from(JSON.stringify(['clusters', AT.table, AT.row, AT.column])))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.from([1, id.length]), Buffer.from(id), nonce, cipher.getAuthTag(), body])
}
