const SLOT = Symbol.for('lockstep.crash-point')

/**
 * A named line where the fault trials may end or stop the program: `S11:mid` is the middle of step S11 of a sync. Does
 * nothing unless code that was loaded before the program (`node --import`) has put a function into the slot: no setting
 * and no variable of the environment can.
 */
export function crashPoint(name: string): void {
  const reached = (globalThis as { readonly [SLOT]?: (name: string) => void })[SLOT]
  reached?.(name)
}
