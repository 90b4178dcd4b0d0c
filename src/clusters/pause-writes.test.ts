import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL, type Principal } from '../engine/access/principal.js'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { PauseWrites } from './pause-writes.js'

let stores: Stores
let pause: PauseWrites

beforeEach(async () => {
  stores = openMemoryStores()
  pause = new PauseWrites(stores.clusters, stores.settings)
  for (const id of ['one', 'two']) {
    const connection = { status: 'Unknown', message: '' } as const
    const cluster = {
      id,
      name: id,
      server: `https://${id}`,
      connection,
      createdAt: '2026-01-01T00:00:00.000Z',
    }
    await stores.clusters.create(cluster, new Uint8Array(), aRecord('add-cluster'))
  }
})

const operatorOf = (object: string): Principal => ({
  ...{ subject: 'op', kind: 'user', groups: [] },
  grants: { rules: [{ resource: 'clusters', action: '*', object, effect: 'allow' }] },
})
const pausedOf = async () =>
  (await stores.clusters.list()).filter(({ writesPaused }) => writesPaused === true).map(({ name }) => name)
const rung = async () => (await stores.outbox.pending(10)).map(({ doorbell }) => doorbell.id)

describe('PauseWrites', () => {
  it('pauses one cluster by name or server, tells its owner, and leaves a trace', async () => {
    const [answer] = await pause.run(operatorOf('*'), { cluster: 'https://one', paused: true })
    expect(answer).toMatchObject({ name: 'one', writesPaused: true })
    expect(await pausedOf()).toEqual(['one'])
    expect(await rung()).toEqual(['one'])
    expect((await stores.audit.list(1))[0]).toMatchObject({
      actor: 'op',
      action: 'pause-writes',
      object: 'cluster/one',
    })
    await pause.run(operatorOf('*'), { cluster: 'one', paused: false })
    expect(await pausedOf()).toEqual([])
    expect((await stores.audit.list(1))[0]?.action).toBe('resume-writes')
  })

  it('pauses all, beside the switches of the clusters themselves', async () => {
    expect(await pause.allPaused()).toBe(false)
    await pause.run(SYSTEM_PRINCIPAL, { cluster: 'two', paused: true })
    expect(await pause.run(SYSTEM_PRINCIPAL, { paused: true })).toHaveLength(2)
    expect(await pause.allPaused()).toBe(true)
    await pause.run(SYSTEM_PRINCIPAL, { paused: false })
    expect(await pause.allPaused()).toBe(false)
    expect(await pausedOf()).toEqual(['two'])
    expect(await rung()).toEqual(['two', 'one', 'two', 'one', 'two'])
  })

  it('refuses who may change only some clusters to pause all, and hides what one may not see', async () => {
    const some = operatorOf('https://one')
    await expect(pause.run(some, { paused: true })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(pause.run(some, { cluster: 'two', paused: true })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await pause.run(some, { cluster: 'one', paused: true })
    expect(await pausedOf()).toEqual(['one'])
  })
})
