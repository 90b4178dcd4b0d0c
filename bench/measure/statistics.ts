/** The q-quantile by the nearest rank; `null` for nothing. */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? null
}

export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5)
}

export function rounded(value: number | null, digits = 2): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}
