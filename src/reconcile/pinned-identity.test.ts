import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClusterIdentity } from '../kube/cluster.js'
import { PinnedIdentity } from './pinned-identity.js'

let answers: (string | Error)[]
let found: string[]
let pinned: PinnedIdentity

beforeEach(() => {
  answers = []
  found = []
  const ask = async (): Promise<ClusterIdentity> => {
    const answer = answers.shift() ?? new Error('nobody answers')
    if (answer instanceof Error) throw answer
    return { uid: answer, version: 'v1' }
  }
  pinned = new PinnedIdentity({ uid: 'mine', ask, onAnother: (uid) => found.push(uid), pauseMs: 5 })
})

afterEach(() => pinned.close())

describe('PinnedIdentity', () => {
  it('permits writes at first, and again once the same cluster answered', async () => {
    expect(pinned.refuseWrite()).toBeUndefined()
    answers = [new Error('down'), new Error('down'), 'mine']
    pinned.interrupted()
    expect(pinned.refuseWrite()).toMatch(/not said yet/)
    await vi.waitFor(() => expect(pinned.refuseWrite()).toBeUndefined())
    expect(answers).toEqual([])
  })

  it('writes nothing while nobody answers', async () => {
    pinned.interrupted()
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(pinned.refuseWrite()).toMatch(/not said yet/)
  })

  it('stops for good when another cluster answers, and says which', async () => {
    answers = ['other', 'mine']
    pinned.interrupted()
    await vi.waitFor(() => expect(found).toEqual(['other']))
    pinned.interrupted()
    expect(pinned.refuseWrite()).toMatch(/another cluster/)
    expect(answers).toEqual(['mine'])
  })

  it('asks again when it was interrupted while it asked', async () => {
    answers = ['mine', 'other']
    pinned.interrupted()
    pinned.interrupted()
    await vi.waitFor(() => expect(found).toEqual(['other']))
  })
})
