import type { RepositoryShape } from '../repository/manifests.js'

/** What the floor's process needs to know at its start. */
export interface FloorSetup {
  readonly server: string
  readonly caPem: string
  readonly token: string
  readonly repositoryUrl: string
  readonly folder: string
  readonly shape: RepositoryShape
}

export type FloorTask =
  | { readonly task: 'set-up'; readonly setup: FloorSetup }
  | { readonly task: 'apply-all' }
  | { readonly task: 'mirror' }
  | { readonly task: 'follow-commit'; readonly before: string; readonly after: string }
  | { readonly task: 'look' }
  | { readonly task: 'heal' }

export type FloorRequest = FloorTask & { readonly id: number }

export interface FloorAnswer {
  readonly id: number
  readonly error?: string
}
