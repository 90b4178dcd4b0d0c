import type { RepositoryShape } from '../repository/manifests.js'

/** Spreads the turns over different applications (self-heal backs off on repeats), the same way in every run. */
export function pick(turn: number, { apps, seed }: RepositoryShape): number {
  const stride = coprimeTo(apps)
  return (seed + turn * stride) % apps
}

function coprimeTo(count: number): number {
  let stride = Math.max(1, Math.floor(count * 0.618))
  while (divisor(stride, count) !== 1) stride += 1
  return stride
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}
