import type { ApiKind } from '../../engine/manifest/api-catalog.js'
import type { GroupKind } from '../../engine/manifest/resource-key.js'
import type { RequestSender } from './request-sender.js'
import type { StreamOptions } from './watch-stream.js'

export interface ReflectorTiming {
  /** No byte for this long: reconnect. */
  readonly idleMs: number
  readonly shortestDelayMs: number
  readonly longestDelayMs: number
  /** A whole list is taken at about this interval, against events that got lost on the way unseen. */
  readonly relistMs: number
  /** Chance in [0, 1): spreads reconnects and relists. */
  random(): number
}

export const REFLECTOR_TIMING: ReflectorTiming = {
  idleMs: 60_000,
  shortestDelayMs: 500,
  longestDelayMs: 30_000,
  relistMs: 3_600_000,
  random: Math.random,
}

export interface ReflectorOptions {
  readonly clusterId: string
  readonly sender: RequestSender
  readonly stream: StreamOptions
  readonly timing: ReflectorTiming
  /** One stream each; `['']` watches all namespaces at once. */
  namespacesOf(kind: ApiKind): readonly string[]
  /** The kind as it is served now; `fresh` asks the server again. */
  resolve(kind: GroupKind, fresh: boolean): Promise<ApiKind>
}
