/** A quantity as an exact integer ratio: value = digits × 2^two × 10^ten. */
interface Scaled {
  readonly digits: bigint
  readonly two: number
  readonly ten: number
}

const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const SHAPE = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?([numkKMGTPE]i?|[eE][+-]?\d{1,3})?$/

/**
 * Are two texts or numbers the same Kubernetes quantity ("1" = "1000m", "0.5" = "500m", "1Gi" = "1024Mi")?
 * false when one of them is no quantity. Exact: no rounding.
 */
export function sameQuantity(left: unknown, right: unknown): boolean {
  const [a, b] = [parse(left), parse(right)]
  if (a === undefined || b === undefined) return false
  const two = Math.min(a.two, b.two)
  const ten = Math.min(a.ten, b.ten)
  return scaled(a, two, ten) === scaled(b, two, ten)
}

function scaled(value: Scaled, two: number, ten: number): bigint {
  return value.digits * 2n ** BigInt(value.two - two) * 10n ** BigInt(value.ten - ten)
}

function parse(value: unknown): Scaled | undefined {
  const match = typeof value === 'string' || typeof value === 'number' ? SHAPE.exec(String(value)) : null
  if (match === null) return undefined
  const part = (index: number): string => match[index] ?? ''
  const numerals = `${part(2)}${part(3)}`
  const scale = scaleOf(part(4))
  if (numerals === '' || scale === undefined) return undefined
  const digits = BigInt(numerals) * (part(1) === '-' ? -1n : 1n)
  return { digits, two: scale.two, ten: scale.ten - part(3).length }
}

function scaleOf(suffix: string): { readonly two: number; readonly ten: number } | undefined {
  const ten = DECIMAL[suffix]
  if (ten !== undefined) return { two: 0, ten }
  const two = BINARY[suffix]
  if (two !== undefined) return { two, ten: 0 }
  return /^[eE]/.test(suffix) && suffix.length > 1 ? { two: 0, ten: Number(suffix.slice(1)) } : undefined
}
