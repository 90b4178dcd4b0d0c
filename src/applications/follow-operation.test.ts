import { describe, expect, it } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { SYSTEM_PRINCIPAL, type Principal } from '../engine/access/principal.js'
import type { Operation } from '../engine/sync/operation.js'
import { MemoryBus } from '../events/memory/memory-bus.js'
import { anApplication, anOperation, aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { FollowOperation } from './follow-operation.js'

const NOBODY: Principal = { subject: 'bob', kind: 'user', groups: [], grants: { rules: [] } }

async function world() {
  const { applications, operations } = openMemoryStores()
  const application = anApplication()
  await applications.create(application, aRecord('create'))
  const eventBus = new MemoryBus(silentLogger)
  const follow = new FollowOperation({ applications, operations, eventBus })
  const start = (): Promise<Operation> => operations.start(anOperation(application.id), aRecord('sync'))
  return { application, applications, operations, eventBus, follow, start }
}

describe('FollowOperation', () => {
  it('tells what it is, each change, and ends with it', async () => {
    const { application, operations, eventBus, follow, start } = await world()
    const operation = await start()
    const stream = await follow.run(SYSTEM_PRINCIPAL, application, undefined)
    const told: string[] = []
    for await (const { phase, message } of stream.open(new AbortController().signal)) {
      told.push(`${phase} ${message}`)
      if (told.length === 1) {
        await operations.save({ ...operation, message: 'wave 1' })
        await eventBus.publish({ topic: 'operation', operationIds: ['another', operation.id] })
      } else if (told.length === 2) {
        const over = {
          ...operation,
          phase: 'Succeeded',
          message: 'done',
          finishedAt: operation.startedAt,
        } as const
        await operations.finish(over, aRecord('finish'))
        await eventBus.publish({ topic: 'operation', operationIds: [operation.id] })
      }
    }
    expect(told).toEqual([`Running ${operation.message}`, 'Running wave 1', 'Succeeded done'])
  })

  it('stops when nobody listens any more', async () => {
    const { application, follow, start } = await world()
    await start()
    const left = new AbortController()
    const stream = await follow.run(SYSTEM_PRINCIPAL, application, undefined)
    const told: string[] = []
    for await (const { phase } of stream.open(left.signal)) {
      told.push(phase)
      left.abort()
    }
    expect(told).toEqual(['Running'])
  })

  it('refuses what is not visible, operations of others, and an application without any', async () => {
    const { application, applications, operations, follow, start } = await world()
    await expect(follow.run(SYSTEM_PRINCIPAL, application, undefined)).rejects.toThrow(
      `lockstep app sync ${application.name}`,
    )
    await start()
    const other = anApplication()
    await applications.create(other, aRecord('create'))
    const foreign = await operations.start(anOperation(other.id), aRecord('sync'))
    await expect(follow.run(SYSTEM_PRINCIPAL, application, foreign.id)).rejects.toThrow('no such operation')
    await expect(follow.run(NOBODY, application, undefined)).rejects.toThrow('does not exist')
  })

  it('lets nobody go on who lost the right meanwhile, also when the application went', async () => {
    const { application, applications, follow, start } = await world()
    await start()
    const stream = await follow.run(SYSTEM_PRINCIPAL, application, undefined)
    expect(await stream.permits(SYSTEM_PRINCIPAL)).toBe(true)
    await applications.remove(application.id, aRecord('remove'))
    expect(await stream.permits(SYSTEM_PRINCIPAL)).toBe(true)
    expect(await stream.permits(NOBODY)).toBe(false)
  })
})
