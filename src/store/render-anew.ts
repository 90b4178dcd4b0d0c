import type { Desired } from './records.js'

/** No spec has this generation: whoever looks finds work to do, also after every doorbell was lost. */
const ANEW = 0

/** The wish, marked to be rendered again although nothing changed. */
export function toRenderAnew(desired: Desired): Desired {
  return { ...desired, generation: ANEW }
}

/** Somebody asked for a new render: a stored one is not good enough. */
export function isToRenderAnew(desired: Desired | undefined): boolean {
  return desired?.generation === ANEW
}
