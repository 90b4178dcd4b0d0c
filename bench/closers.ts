type Close = () => Promise<void>

const open = new Set<Close>()

/** Registers what must happen before the program ends, however it ends; answers how to do it now, once. */
export function closeAtEnd(close: Close): Close {
  let closed: Promise<void> | undefined
  const once = (): Promise<void> => {
    open.delete(once)
    closed ??= close()
    return closed
  }
  open.add(once)
  return once
}

/** Latest first. A close that fails does not keep the others. */
export async function closeAll(): Promise<void> {
  for (const one of [...open].toReversed()) await one().catch(() => undefined)
}
