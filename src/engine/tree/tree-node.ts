import type { Health } from '../health/health.js'
import type { ResourceKey } from '../manifest/resource-key.js'

/** One fact in a few words, e.g. `Ready` = `1/1`, as lists of `kubectl` show it. */
export interface NodeFact {
  readonly name: string
  readonly value: string
}

/** One object of the tree of an application: never the object itself, so no value of a Secret. */
export interface TreeNode extends ResourceKey {
  readonly version: string
  /** `''` when the object does not exist. */
  readonly uid: string
  /** uids of the objects of this tree that it belongs to; empty for what the application declares itself. */
  readonly parents: readonly string[]
  readonly health?: Health
  readonly facts: readonly NodeFact[]
  readonly images: readonly string[]
  /** Of a Pod: its containers, those that run in the beginning only not among them. */
  readonly containers: readonly string[]
  /** Of a Pod: the node it runs on. */
  readonly host?: string
  readonly createdAt?: string
}

/** A node that is not placed in a tree yet. */
export interface LooseNode extends Omit<TreeNode, 'parents'> {
  readonly owners: readonly string[]
  /** Of a Pod: names of claims that its controller made for it from a template. */
  readonly claims: readonly string[]
}
