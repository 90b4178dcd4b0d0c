import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../base/app-error.js'
import { silentLogger } from '../base/logger.js'
import type { Heartbeat as Beat } from '../store/heartbeat-store.js'
import { HeartbeatStore } from '../store/heartbeat-store.js'
import type { ConnectionState } from '../store/records.js'
import { Heartbeat } from './heartbeat.js'

class RecordingStore extends HeartbeatStore {
  readonly beats: Beat[] = []
  failing = false

  async begin(): Promise<void> {
    // Nothing to keep.
  }

  async beat(beat: Beat): Promise<void> {
    if (this.failing) throw new AppError('CONFLICT', 'another owner')
    this.beats.push(beat)
  }

  async list() {
    return []
  }
}

let store: RecordingStore
let told: ConnectionState[]
let heartbeat: Heartbeat
let probe: () => Promise<void>
let blind: Readonly<Record<string, number>>

beforeEach(() => {
  vi.useFakeTimers()
  store = new RecordingStore()
  probe = async () => undefined
  blind = {}
  const clock = { now: () => Date.now(), monotonic: () => Date.now() }
  told = []
  const clusters = {
    saveConnection: async (_id: string, connection: ConnectionState) => void told.push(connection),
  }
  heartbeat = new Heartbeat({ heartbeats: store, clusters, clock, logger: silentLogger })
})
afterEach(() => {
  heartbeat.close()
  vi.useRealTimers()
})

const observed = (id = 'one') => ({
  id,
  cluster: { probe: () => probe() },
  blindKinds: (forMs: number) =>
    Object.fromEntries(Object.entries(blind).flatMap(([kind, ms]) => (ms >= forMs ? [[kind, 'dead']] : []))),
})

describe('Heartbeat', () => {
  it('beats at once and every 15 s, once per cluster', async () => {
    await heartbeat.start(observed())
    expect(store.beats).toEqual([{ clusterId: 'one', ageMs: 0, blindKinds: {} }])
    await heartbeat.start(observed())
    await vi.advanceTimersByTimeAsync(45_000)
    expect(store.beats).toHaveLength(5)
  })

  it('writes nothing while the API server does not answer, and goes on when it does', async () => {
    probe = async () => Promise.reject(new AppError('UPSTREAM_CLUSTER', 'no route to host'))
    await heartbeat.start(observed())
    await vi.advanceTimersByTimeAsync(60_000)
    expect(store.beats).toEqual([])
    probe = async () => undefined
    await vi.advanceTimersByTimeAsync(15_000)
    expect(store.beats).toHaveLength(1)
  })

  it('[1.8 Cluster status] tells once at the record where it fails, anew when that changes, and that it answers again', async () => {
    const fail = (message: string, stage: 'TCP' | 'TLS') => async () =>
      Promise.reject(new AppError('UPSTREAM_CLUSTER', message, { stage }))
    await heartbeat.start(observed())
    probe = fail('no route', 'TCP')
    await vi.advanceTimersByTimeAsync(45_000)
    probe = fail('no trust', 'TLS')
    await vi.advanceTimersByTimeAsync(30_000)
    probe = async () => undefined
    await vi.advanceTimersByTimeAsync(30_000)
    expect(told).toMatchObject([
      { status: 'Failed', message: 'no route', stage: 'TCP' },
      { status: 'Failed', message: 'no trust', stage: 'TLS' },
      { status: 'Successful', message: '' },
    ])
    expect(told[2]).not.toHaveProperty('stage')
  })

  it('does not send a second probe after one that hangs, nor hold up another cluster', async () => {
    let hanging = 0
    probe = () => {
      hanging += 1
      return new Promise(() => undefined)
    }
    void heartbeat.start(observed('black-holed'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(hanging).toBe(1)
    probe = async () => undefined
    await heartbeat.start(observed('other'))
    expect(store.beats.map(({ clusterId }) => clusterId)).toEqual(['other'])
  })

  it('counts the age from when the probe was sent', async () => {
    probe = () => new Promise((resolve) => setTimeout(resolve, 7_000))
    const started = heartbeat.start(observed())
    await vi.advanceTimersByTimeAsync(7_000)
    await started
    expect(store.beats[0]?.ageMs).toBe(7_000)
  })

  it('names a dead watch after two intervals, not one that reconnects', async () => {
    blind = { '/Service': 29_000, 'apps/Deployment': 30_000 }
    await heartbeat.start(observed())
    expect(store.beats[0]?.blindKinds).toEqual({ 'apps/Deployment': 'dead' })
  })

  it('survives a refused write and says nothing after stop', async () => {
    store.failing = true
    await heartbeat.start(observed())
    store.failing = false
    heartbeat.stop('one')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(store.beats).toEqual([])
  })
})
