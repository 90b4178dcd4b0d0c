import { join } from 'node:path'
import { type ClusterFolder, componentKubeconfig } from './cluster-folder.js'

/** `lean` runs Deployments and garbage collection, no scheduler; `full` is everything but cloud and node IPAM. */
export type Controllers = 'full' | 'lean'

const LEAN = [
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'garbage-collector-controller',
  'deployment-controller',
  'replicaset-controller',
]
const FULL = [
  '*',
  '-node-ipam-controller',
  '-node-route-controller',
  '-service-lb-controller',
  '-cloud-node-lifecycle-controller',
  '-bootstrap-signer-controller',
  '-token-cleaner-controller',
  '-certificatesigningrequest-signing-controller',
  '-certificatesigningrequest-approving-controller',
  '-certificatesigningrequest-cleaner-controller',
]

export function etcdFlags(folder: ClusterFolder, fsync: boolean): string[] {
  const client = `http://127.0.0.1:${folder.ports.etcd}`
  const peer = `http://127.0.0.1:${folder.ports.etcdPeer}`
  return [
    `--data-dir=${join(folder.dir, 'etcd')}`,
    '--quota-backend-bytes=8589934592',
    '--auto-compaction-mode=periodic',
    '--auto-compaction-retention=5m',
    '--log-level=warn',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    ...(fsync ? [] : ['--unsafe-no-fsync']),
  ]
}

export function apiserverFlags(folder: ClusterFolder): string[] {
  const file = (name: string): string => join(folder.dir, name)
  return [
    `--etcd-servers=http://127.0.0.1:${folder.ports.etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${folder.ports.apiserver}`,
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--token-auth-file=${file('tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('sa.pub')}`,
    `--service-account-signing-key-file=${file('sa.key')}`,
    // A loopback address is not a valid endpoint, so the `kubernetes` Service stays without one.
    '--endpoint-reconciler-type=none',
    '--allow-privileged',
    '--max-requests-inflight=400',
    '--max-mutating-requests-inflight=200',
  ]
}

export function controllerManagerFlags(folder: ClusterFolder, controllers: Controllers): string[] {
  return [
    `--kubeconfig=${join(folder.dir, componentKubeconfig('system:kube-controller-manager'))}`,
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${join(folder.dir, 'sa.key')}`,
    `--root-ca-file=${join(folder.dir, 'ca.crt')}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${folder.ports.controllerManager}`,
    // With the default of 20 the ServiceAccount controller starts four seconds late.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    `--controllers=${(controllers === 'lean' ? LEAN : FULL).join(',')}`,
  ]
}

export function schedulerFlags(folder: ClusterFolder): string[] {
  return [
    `--kubeconfig=${join(folder.dir, componentKubeconfig('system:kube-scheduler'))}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${folder.ports.scheduler}`,
  ]
}
