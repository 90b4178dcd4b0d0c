const MOST = 500

/**
 * Names for statements whose text is put together: equal texts have equal names, so that each connection parses them
 * once. Beyond a bound they have none: what people may combine must not fill the memory of the database.
 */
export class StatementNames {
  readonly #prefix: string
  readonly #names = new Map<string, string>()

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** `''` = without a name: parsed each time. */
  of(text: string): string {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    if (this.#names.size >= MOST) return ''
    const name = `${this.#prefix}-${this.#names.size + 1}`
    this.#names.set(text, name)
    return name
  }
}
