import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { RemoteCredentialRenewal } from '../clusters/remote-credential-renewal.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { RemoteClusterProbe } from '../clusters/remote-cluster-probe.js'
import { MemoryPeers } from '../peers/memory/memory-peers.js'
import type { PeerAnswers, PeerValue } from '../peers/peer-caller.js'
import { NotTheOwner } from '../reconcile/not-the-owner.js'
import { RemoteConnectionCheck } from '../repositories/remote-connection-check.js'
import { LocalVault } from '../vault/local/local-vault.js'
import { keysFor } from '../vault/local/role-keys.js'
import { newVaultKey } from '../vault/local/vault-keys.js'
import { clusterAnswers } from './cluster-answers.js'
import { sourceAnswers } from './source-answers.js'

const rings = Object.fromEntries(
  ['renders', 'git', 'clusters', 'login'].map((purpose) => [purpose, [newVaultKey()]]),
)
const ALL = { rings, installationKey: randomBytes(32) }
const vaultOf = (holder: Parameters<typeof keysFor>[0]) => new LocalVault(keysFor(holder, ALL))

/** Everything that went over the wire, as text. */
function peersWith(answers: PeerAnswers) {
  const peers = new MemoryPeers()
  const wire: string[] = []
  const spied = Object.entries(answers).map(([method, answer]) => [
    method,
    (body: PeerValue, signal: AbortSignal) => {
      wire.push(JSON.stringify(body))
      return answer(body, signal)
    },
  ])
  peers.serve('worker', Object.fromEntries(spied) as PeerAnswers)
  let calls = 0
  const caller = {
    caller: peers,
    find: async () => ({ address: 'worker' }),
    newId: () => `call-${(calls += 1)}`,
  }
  return { caller, wire }
}

describe('a connection test by a worker', () => {
  it('reaches a cluster with the credential, which no one reads on the way', async () => {
    const asked: unknown[] = []
    const probe = {
      identity: async (id: string, connection: object) => {
        asked.push({ id, connection })
        return { uid: 'u', version: 'v1.36.0' }
      },
    }
    const answers = clusterAnswers({
      liveReads: {} as never,
      probe,
      proof: {} as never,
      renewal: {} as never,
      vault: vaultOf('cluster-worker'),
    })
    const { caller, wire } = peersWith(answers)
    const remote = new RemoteClusterProbe({ ...caller, vault: vaultOf('gateway') })
    const connection = { server: 'https://one', bearerToken: 'canary-token' }
    expect(await remote.identity('c1', connection)).toEqual({ uid: 'u', version: 'v1.36.0' })
    expect(asked).toEqual([{ id: 'c1', connection }])
    expect(wire.join()).not.toContain('canary')
    expect(wire.join()).not.toContain(Buffer.from('canary-token').toString('base64').slice(0, 12))
  })

  it('renews a credential at the owner, and brings it back sealed', async () => {
    const asked: string[] = []
    const renewal = {
      renew: async (id: string) => {
        asked.push(`renew ${id}`)
        return { sealed: new Uint8Array([0, 255, 7]), account: 'a/b', former: 'old' }
      },
      retire: async (id: string, secret: string) => void asked.push(`retire ${secret} of ${id}`),
    }
    const unused = { liveReads: {} as never, probe: {} as never, proof: {} as never }
    const { caller } = peersWith(clusterAnswers({ ...unused, renewal, vault: vaultOf('cluster-worker') }))
    const leases = openMemoryStores().leases
    const remote = new RemoteCredentialRenewal({ ...caller, leases })
    await expect(remote.renew('c1')).rejects.toThrow('no cluster worker owns the cluster')
    const held = { get: async () => ({ held: true, address: 'worker' }) as never }
    const found = new RemoteCredentialRenewal({ ...caller, leases: held })
    expect(await found.renew('c1')).toEqual({
      sealed: new Uint8Array([0, 255, 7]),
      account: 'a/b',
      former: 'old',
    })
    await found.retire('c1', 'old')
    expect(asked).toEqual(['renew c1', 'retire old of c1'])
  })

  it('reaches a repository likewise', async () => {
    const asked: unknown[] = []
    const check = { check: async (remote: object) => void asked.push(remote) }
    const { caller, wire } = peersWith(sourceAnswers({ check, vault: vaultOf('source-worker') }))
    const remote = { repositoryId: 'r1', url: 'https://git/x', username: 'u', password: 'canary' }
    await new RemoteConnectionCheck({ ...caller, vault: vaultOf('gateway') }).check(remote)
    expect(asked).toEqual([remote])
    expect(wire.join()).not.toContain('canary')
  })

  it('does not open for a worker of the other kind, nor as another call', async () => {
    const check = { check: async () => undefined }
    const remote = { repositoryId: 'r1', url: 'https://git/x', password: 'p' }
    const wrong = peersWith(sourceAnswers({ check, vault: vaultOf('cluster-worker') }))
    const gateway = { vault: vaultOf('gateway') }
    await expect(
      new RemoteConnectionCheck({ ...wrong.caller, ...gateway }).check(remote),
    ).rejects.toMatchObject({
      code: 'INTERNAL',
    })
    const right = peersWith(sourceAnswers({ check, vault: vaultOf('source-worker') }))
    await new RemoteConnectionCheck({ ...right.caller, ...gateway }).check(remote)
    const { sealed } = JSON.parse(right.wire[0] ?? '') as { readonly sealed: string }
    const answers = sourceAnswers({ check, vault: vaultOf('source-worker') })
    const again = answers['check-repository']?.({ call: 'another', sealed }, AbortSignal.any([]))[
      Symbol.asyncIterator
    ]()
    await expect(again?.next()).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})

describe('clusterAnswers()', () => {
  it('sends who asks to the owner when the cluster went elsewhere', async () => {
    const liveReads = {
      diff: async () => {
        throw new NotTheOwner('one')
      },
    }
    const answers = clusterAnswers({
      liveReads: liveReads as never,
      probe: {} as never,
      proof: {} as never,
      renewal: {} as never,
      vault: vaultOf('cluster-worker'),
    })
    const asked = answers['diff']?.({ applicationId: 'a1' }, AbortSignal.any([]))[Symbol.asyncIterator]()
    await expect(asked?.next()).rejects.toMatchObject({ name: 'PeerGone' })
  })
})
