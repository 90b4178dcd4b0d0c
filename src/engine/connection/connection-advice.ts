import type { ConnectionStage } from '../../base/connection-stage.js'

type Advice = Readonly<Record<ConnectionStage, string>>

const REPOSITORY: Advice = {
  ADDRESS: 'Connect it under an https:// or http:// address that this installation permits.',
  DNS: 'Check the host in the URL, and the name servers of this installation.',
  TCP: 'Check port, network and firewall between this installation and the Git server.',
  TLS: "Check the certificate of the Git server, and that its authority is known to the source workers' machines.",
  AUTHENTICATION:
    'Give it a credential that is right and has not expired: lockstep repo add URL --upsert, or that of the template it inherits from: lockstep repocreds add URL --upsert.',
  AUTHORIZATION: 'Let the account of its credential read this repository.',
  NOT_FOUND: 'Check the path in the URL, and that the account of its credential may see the repository.',
  PROTOCOL: 'Connect it under the address that the Git server itself answers at, without redirects.',
  SERVER: 'Wait: it is tried again by itself. If it lasts, ask those who run the Git server.',
  IDENTITY: 'Connect it again.',
}

const CLUSTER: Advice = {
  ADDRESS: 'Add it under an address that this installation permits.',
  DNS: 'Check the host in its address, and the name servers of this installation.',
  TCP: 'Check port, network and firewall between this installation and the API server.',
  TLS: 'Check the certificate authority in its kubeconfig, and the name in the certificate of the API server.',
  AUTHENTICATION:
    'Give it a credential that is accepted: lockstep cluster add CONTEXT --upsert. One that still works is renewed by lockstep cluster rotate-auth CLUSTER.',
  AUTHORIZATION: 'Grant its account there what the message names.',
  NOT_FOUND: 'Check the path in its address.',
  PROTOCOL: 'Check its address: what answers there is no API server of Kubernetes.',
  SERVER: 'Wait: it is tried again by itself. If it lasts, ask those who run the cluster.',
  IDENTITY:
    'If the cluster was built anew, remove it and add it again: lockstep cluster rm CLUSTER, lockstep cluster add CONTEXT.',
}

const ADVICE = { repository: REPOSITORY, cluster: CLUSTER }

/** What to do about a connection that failed at this stage, as a sentence. */
export function connectionAdvice(kind: 'repository' | 'cluster', stage: ConnectionStage): string {
  return ADVICE[kind][stage]
}
