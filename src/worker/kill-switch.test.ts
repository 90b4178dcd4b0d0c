import { describe, expect, it } from 'vitest'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { WRITES_PAUSED } from '../store/records.js'
import { KillSwitch } from './kill-switch.js'

describe('KillSwitch', () => {
  it('pauses one cluster, or all, from the next look on', async () => {
    const stores = openMemoryStores()
    for (const id of ['a', 'b']) {
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
    const killSwitch = new KillSwitch(stores)
    expect(await killSwitch.clusterIds()).toEqual(['a', 'b'])
    expect(killSwitch.refuseWrite('a')).toBeUndefined()

    await stores.clusters.setWritesPaused('a', true, aRecord('pause-writes'))
    await killSwitch.clusterIds()
    expect(killSwitch.refuseWrite('a')).toMatch(/this cluster/)
    expect(killSwitch.refuseWrite('b')).toBeUndefined()

    await stores.settings.set(WRITES_PAUSED, 'true', aRecord('pause-writes'))
    await stores.clusters.setWritesPaused('a', false, aRecord('resume-writes'))
    await killSwitch.clusterIds()
    expect(killSwitch.refuseWrite('b')).toMatch(/all clusters/)

    await stores.settings.set(WRITES_PAUSED, 'false', aRecord('resume-writes'))
    await killSwitch.clusterIds()
    expect(killSwitch.refuseWrite('a')).toBeUndefined()
  })
})
