import { compareTimes } from '../../engine/manifest/compare-times.js'

/** One line that a container wrote. */
export interface Line {
  readonly pod: string
  readonly container: string
  readonly time: string
  readonly text: string
}

/** Up to when each container was told. */
export class ToldLines {
  readonly #last = new Map<string, string>()
  #before: ReadonlyMap<string, string> = new Map()

  /** What to ask for instead of the beginning; nothing as long as nothing was told. */
  rest(): { readonly sinceTime?: string; readonly tailLines?: undefined; readonly sinceSeconds?: undefined } {
    this.#before = new Map(this.#last)
    const [oldest] = [...this.#last.values()].toSorted(compareTimes)
    return oldest === undefined ? {} : { sinceTime: oldest, tailLines: undefined, sinceSeconds: undefined }
  }

  /** Clusters are asked by the second, so some lines come again. */
  fresh(lines: readonly Line[]): readonly Line[] {
    return lines.filter(({ pod, container, time }) => {
      const key = `${pod}/${container}`
      const told = this.#before.get(key)
      const isAgain = told !== undefined && time !== '' && compareTimes(time, told) <= 0
      if (!isAgain) this.#last.set(key, time)
      return !isAgain
    })
  }
}
