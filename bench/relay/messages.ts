export interface RelaySetup {
  /** One listener each, all on `port`. */
  readonly addresses: readonly string[]
  readonly port: number
  /** The n-th address leads to the n-th, going round. */
  readonly upstreams: readonly Upstream[]
}

export interface Upstream {
  readonly server: string
  readonly caPem: string
  readonly token: string
}

export type RelayTask =
  | { readonly task: 'open'; readonly setup: RelaySetup }
  /** From now on nothing of this address is answered, on old connections and new ones. */
  | { readonly task: 'swallow'; readonly address: string }
  | { readonly task: 'count' }

export type RelayRequest = RelayTask & { readonly id: number }

export interface RelayAnswer {
  readonly id: number
  readonly error?: string
  /** Requests so far by verb; watches are `WATCH`. */
  readonly counts?: Readonly<Record<string, number>>
}
