interface Reading {
  readonly running: Promise<unknown>
  next?: Promise<unknown>
}

/**
 * Equal reads at the same moment become one. Whoever comes while a read is under way gets the one that begins after it,
 * never the one that began before: so nobody misses what was written before they asked.
 */
export class JoinedReads {
  readonly #readings = new Map<string, Reading>()

  run<T>(key: string, read: () => Promise<T>): Promise<T> {
    const reading = this.#readings.get(key)
    if (reading === undefined) return this.#begin(key, read)
    reading.next ??= reading.running.then(
      () => this.#begin(key, read),
      () => this.#begin(key, read),
    )
    return reading.next as Promise<T>
  }

  #begin<T>(key: string, read: () => Promise<T>): Promise<T> {
    const running = read()
    const reading: Reading = { running }
    this.#readings.set(key, reading)
    const end = (): void => {
      // The next one takes the place by itself.
      if (reading.next === undefined) this.#readings.delete(key)
    }
    running.then(end, end)
    return running
  }
}
