import { describe, expect, it } from 'vitest'
import { lateWrites } from './late-writes.js'

const owners = [
  ...[0, 100, 200, 300, 400, 500].map((at) => ({ at, owner: 'worker-a', epoch: 1 })),
  ...[600, 700, 800, 900, 1000, 1100, 1200, 1300].map((at) => ({ at, owner: 'worker-b', epoch: 2 })),
]
const write = (at: number, worker: string) => ({
  ...{ at, method: 'DELETE', path: '/x', agent: `lockstep (${worker})` },
})

describe('lateWrites()', () => {
  it('finds who writes after it lost the cluster, and nobody who writes while it owns it', () => {
    const good = [write(100, 'worker-a'), write(1200, 'worker-b')]
    const bad = [write(1200, 'worker-a'), write(100, 'worker-b'), write(1200, '')]
    expect(lateWrites([...good, ...bad], owners)).toEqual(bad)
  })

  it('does not judge around a change of owner, nor without a look at the leases', () => {
    const unsure = [write(550, 'worker-a'), write(650, 'worker-a'), write(550, 'worker-b')]
    expect(lateWrites(unsure, owners)).toEqual([])
    expect(lateWrites([write(100, 'worker-b')], [])).toEqual([])
  })
})
