import type { JsonValue, Manifest } from '../engine/manifest/manifest.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'

/** One object of an application that differs from what is declared. Secret values are masked on both sides. */
export interface ResourceDiff extends ResourceKey {
  /** Absent = does not exist in the cluster. */
  readonly live?: Manifest
  /** Absent = is no longer declared (would be pruned). */
  readonly target?: Manifest
  /** The fields that differ, as JSON pointers; empty when one side is absent. */
  readonly differences?: readonly FieldDifference[]
}

export interface FieldDifference {
  readonly path: string
  readonly declared?: JsonValue
  readonly live?: JsonValue
}

/**
 * Reads that need the owner of the cluster: the gateway holds no cluster credential. In one process this is a function
 * call, between processes authenticated HTTP. Errors: NOT_FOUND, UPSTREAM_CLUSTER, TIMEOUT.
 */
export abstract class LiveReads {
  /** Objects that differ from the newest render, in sync order; secrets masked. */
  abstract diff(applicationId: string): Promise<readonly ResourceDiff[]>
  /** One tracked object as it is in the cluster, secrets masked; undefined when it does not exist. */
  abstract live(applicationId: string, key: ResourceKey): Promise<Manifest | undefined>
}
