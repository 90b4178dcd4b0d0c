import { CliError } from './cli-error.js'

/** The options of one command, read by type. Names as commander makes them (`--auto-prune` is `autoPrune`). */
export class Flags {
  private readonly values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values
  }

  text(name: string): string | undefined {
    const value = this.values[name]
    return typeof value === 'string' ? value : undefined
  }

  isOn(name: string): boolean {
    return this.values[name] === true
  }

  /** Undefined when the flag was not given at all. */
  given(name: string): boolean | undefined {
    const value = this.values[name]
    return typeof value === 'boolean' ? value : undefined
  }

  list(name: string): readonly string[] {
    const value = this.values[name]
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  }

  number(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value)) {
      throw new CliError(`"${text}" is not a number`, { hint: `give --${dashed(name)} a number` })
    }
    return value
  }

  /** The text of a flag that must be there. */
  required(name: string): string {
    const value = this.text(name)
    if (value === undefined || value === '') throw new CliError(`--${dashed(name)} is missing`)
    return value
  }
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
