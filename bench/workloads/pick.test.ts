import { expect, it } from 'vitest'
import { pick } from './pick.js'

it.each([1, 2, 7, 50, 1000])('pick() visits each of %i applications once before the first again', (apps) => {
  const shape = { apps, objects: 10, variant: 'plain', seed: 1 } as const
  const visited = new Set(Array.from({ length: apps }, (_, turn) => pick(turn, shape)))
  expect(visited.size).toBe(apps)
})
