import type { HealthView } from './app-view.js'

/** One object of the tree of an application. */
export interface NodeView {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly parents: readonly string[]
  readonly createdAt?: string | null
  readonly health?: HealthView | null
  readonly facts: readonly { readonly name: string; readonly value: string }[]
}
