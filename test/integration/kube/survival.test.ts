import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Cluster } from '../../../src/kube/cluster.js'
import { UndiciClusterConnector } from '../../../src/kube/undici/undici-cluster-connector.js'
import {
  freshNamespace,
  launchThrowAwayCluster,
  type ThrowAwayCluster,
} from '../../support/throw-away-cluster.js'
import { startBrokenWire, type BrokenWire, type WireFault } from './broken-wire.js'
import { configMap, CONFIG_MAP, trueState } from './lying-cluster.js'
import { Mirror } from './mirror.js'

let running: ThrowAwayCluster
let wire: BrokenWire
let truth: Cluster
let namespace: string

beforeAll(async () => {
  running = await launchThrowAwayCluster()
  wire = await startBrokenWire(running.cluster.server)
  truth = connect(running.cluster.server)
  namespace = await freshNamespace(running.cluster)
})
afterAll(async () => {
  await truth?.close()
  await wire?.close()
  await running?.stop()
})

function connect(server: string): Cluster {
  const { caPem, tokens } = running.cluster
  const timing = { shortestDelayMs: 1, longestDelayMs: 2 }
  const connector = new UndiciClusterConnector({ privateAddresses: 'allow', timing })
  return connector.connect('survivor', { server, caPem, bearerToken: tokens.admin })
}

async function expectSettled(mirror: Mirror): Promise<void> {
  const state = Object.fromEntries(await trueState(truth, namespace))
  await vi.waitFor(() => expect(Object.fromEntries(mirror.objects)).toEqual(state), {
    timeout: 20_000,
    interval: 20,
  })
}

describe('K-09: a watch never dies', () => {
  it.each<WireFault>(['reset', 'end', 'tls-alert'])('survives %s x1,000', async (fault) => {
    const cluster = connect(wire.server)
    const mirror = new Mirror(namespace)
    const watch = cluster.watch(CONFIG_MAP, mirror)
    await watch.ready
    const before = wire.connections
    wire.fault = fault
    wire.cut()
    await truth.apply(configMap(namespace, fault, '1'))
    await vi.waitFor(() => expect(wire.connections - before).toBeGreaterThan(1000), {
      timeout: 60_000,
      interval: 50,
    })
    expect(mirror.healths.at(-1)).toBe(false)
    wire.fault = 'none'
    await expectSettled(mirror)
    await vi.waitFor(() => expect(mirror.healths.at(-1)).toBe(true), 5000)
    await cluster.close()
  })

  it('survives the death of the API server, and sees what happened meanwhile', async () => {
    const cluster = connect(running.cluster.server)
    const mirror = new Mirror(namespace)
    const watch = cluster.watch(CONFIG_MAP, mirror)
    await watch.ready
    await running.cluster.killApiserver()
    await vi.waitFor(() => expect(mirror.healths.at(-1)).toBe(false), 5000)
    await running.cluster.startApiserver()
    await truth.apply(configMap(namespace, 'after', '1'))
    await expectSettled(mirror)
    await cluster.close()
  })
})
