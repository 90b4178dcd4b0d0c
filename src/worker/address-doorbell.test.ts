import { describe, expect, it } from 'vitest'
import { NOWHERE } from '../queue/doorbell-queue.js'
import { addressed } from './address-doorbell.js'

const application = { kind: 'application', id: 'a', clusterId: 'c', isUnrendered: false } as const

describe('addressed()', () => {
  it('leaves repositories and clusters as they are', () => {
    expect(addressed({ kind: 'repository', id: 'r' })).toEqual([{ kind: 'repository', id: 'r' }])
    expect(addressed({ kind: 'cluster', id: 'c' })).toEqual([{ kind: 'cluster', id: 'c' }])
  })

  it('tells the owner of the cluster, and who renders when the spec is newer', () => {
    const toOwner = { kind: 'application', id: 'a', cluster: 'c' }
    expect(addressed(application)).toEqual([toOwner])
    expect(addressed({ ...application, isUnrendered: true })).toEqual([
      { kind: 'application', id: 'a' },
      toOwner,
    ])
  })

  it('tells any cluster worker of an application without a cluster', () => {
    expect(addressed({ ...application, clusterId: undefined })).toEqual([
      { kind: 'application', id: 'a', cluster: NOWHERE },
    ])
  })
})
