import { afterAll, beforeAll, describe } from 'vitest'
import { parseKubeconfig } from '../../../src/kube/parse-kubeconfig.js'
import { clusterContract } from '../../../src/kube/cluster.contract.js'
import { UndiciClusterConnector } from '../../../src/kube/undici/undici-cluster-connector.js'
import {
  freshNamespace,
  launchThrowAwayCluster,
  type ThrowAwayCluster,
} from '../../support/throw-away-cluster.js'

let running: ThrowAwayCluster

beforeAll(async () => {
  running = await launchThrowAwayCluster()
})
afterAll(async () => {
  await running?.stop()
})

describe('UndiciCluster', () => {
  clusterContract(async () => {
    const connection = parseKubeconfig(running.cluster.kubeconfig('admin'))
    const cluster = new UndiciClusterConnector({ privateAddresses: 'allow' }).connect('real', connection)
    return { cluster, namespace: await freshNamespace(running.cluster) }
  })
})
