import type { Doorbell } from '../queue/doorbell-queue.js'

/** An application that waits for somebody, with what the address of its doorbell depends on. */
export interface WaitingApplication {
  readonly kind: 'application'
  readonly id: string
  /** Of its destination; undefined when no such cluster is connected. */
  readonly clusterId: string | undefined
  /** Its spec is newer than what was rendered of it. */
  readonly isUnrendered: boolean
}

/** A doorbell that waits to be rung. */
export type WaitingDoorbell = Exclude<Doorbell, { readonly kind: 'application' }> | WaitingApplication

export interface PendingPage {
  /** Applications with a greater id than this, in the order of their ids. */
  readonly after: string
  readonly limit: number
  /** Also what is under way for long: an owner has it most probably, and is only asked now and then. */
  readonly thorough: boolean
}

/** Finds what is left to do from the rows alone, should every doorbell be lost. Answers nothing where nothing is left. */
export abstract class PendingWork {
  /**
   * Applications whose spec is newer than what was rendered, whose render is newer than what was observed, that have an
   * active operation or are being deleted. One whose comparison failed after its last render is not among them: its
   * owner comes back to it.
   */
  abstract page(page: PendingPage): Promise<readonly WaitingApplication[]>
}

/** Operations and deletions of this age are asked for at every sweep: their doorbell may have been lost just now. */
export const YOUNG_SECONDS = 60
