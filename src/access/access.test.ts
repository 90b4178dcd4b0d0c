import { describe, expect, it } from 'vitest'
import { decide } from '../engine/access/decide.js'
import { EMPTY_POLICY } from '../engine/access/policy-document.js'
import { SYSTEM_PRINCIPAL, type Principal } from '../engine/access/principal.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { ChangePolicy } from './change-policy.js'
import { ExplainPolicy } from './explain-policy.js'
import { LoadGrants } from './load-grants.js'
import { POLICY_SETTING, ReadPolicy } from './read-policy.js'

const RECORD = { audit: { actor: 'test', action: 'change', object: 'x' }, doorbells: [] }

/** One gateway; several of them share the stores. */
function gateway(stores = openMemoryStores()) {
  let now = 0
  const clock = { now: () => now, monotonic: () => now }
  const policy = new ReadPolicy(stores.policies, stores.settings)
  const grants = new LoadGrants({ policy, projects: stores.projects, clock })
  const proven: string[] = []
  const change = new ChangePolicy({
    policies: stores.policies,
    policy,
    projects: stores.projects,
    requireRecentPassword: (_who, what) => proven.push(what),
    onChanged: () => grants.forget(),
  })
  const person = async (subject: string, groups: readonly string[] = []): Promise<Principal> => ({
    subject,
    kind: 'user',
    groups,
    grants: await grants.run(subject, groups),
  })
  return {
    stores,
    grants,
    change,
    proven,
    person,
    explain: new ExplainPolicy(grants),
    wait: (ms: number) => (now += ms),
  }
}

const SYNC = 'p, role:dev, applications, sync, demo/*, allow\ng, alice, role:dev'

async function addProject({ stores }: ReturnType<typeof gateway>): Promise<void> {
  const roles = [
    { name: 'ci', policies: ['p, proj:demo:ci, applications, sync, demo/*, allow'], groups: ['builders'] },
  ]
  await stores.projects.create({ id: 'p1', name: 'demo', spec: { roles }, generation: 1 }, RECORD)
}

describe('ChangePolicy', () => {
  it('[1.11 Policy sources] saves an edit with its audit event once, and answers its generation', async () => {
    const { stores, change, person, proven } = gateway()
    const admin = await person('admin')
    const saved = await change.run(admin, { change: { csv: SYNC } })
    expect(saved).toMatchObject({ generation: 1, document: { ...EMPTY_POLICY, csv: SYNC } })
    expect(await change.run(admin, { change: { csv: SYNC } })).toMatchObject({ generation: 1 })
    const events = (await stores.audit.list(10)).filter(({ action }) => action === 'update-policy')
    expect(events).toHaveLength(1)
    expect(proven).toEqual(['change the policy'])
  })

  it('refuses an edit of an older generation', async () => {
    const { change, person } = gateway()
    const admin = await person('admin')
    await change.run(admin, { change: { csv: SYNC } })
    const late = change.run(admin, { change: { csv: '' }, generation: 0 })
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('refuses faulty lines with their numbers, and saves nothing', async () => {
    const { change, person } = gateway()
    const csv = `${SYNC}\np, a, b, c\n# x\np, a, logs, get, [, allow`
    const refused = change.run(await person('admin'), { change: { csv, overlays: { x: 'y' } } })
    await expect(refused).rejects.toThrow(
      /policy.csv, line 3: .*policy.csv, line 5: .*policy.x.csv, line 1: /s,
    )
    expect((await change.read(SYSTEM_PRINCIPAL)).generation).toBe(0)
  })

  it('refuses a policy under which the person could not change it back', async () => {
    const { change, person } = gateway()
    const csv = 'p, admin, settings, *, *, deny'
    await expect(change.run(await person('admin'), { change: { csv } })).rejects.toThrow('change it back')
  })

  it('C-41 a role is granted only by who proved the password just now', async () => {
    const { stores, person, grants } = gateway()
    const policy = new ReadPolicy(stores.policies, stores.settings)
    const change = new ChangePolicy({
      policies: stores.policies,
      policy,
      projects: stores.projects,
      requireRecentPassword: () => {
        throw new Error('Confirm your password')
      },
      onChanged: () => grants.forget(),
    })
    await expect(change.run(await person('admin'), { change: { csv: SYNC } })).rejects.toThrow('Confirm')
    expect((await policy.run()).generation).toBe(0)
  })

  it('shows and changes nothing for others', async () => {
    const { change, person, explain } = gateway()
    const alice = await person('alice')
    await expect(change.read(alice)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(change.judge(alice, {})).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(change.run(alice, { change: { csv: 'g, alice, role:admin' } })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    const question = { resource: 'logs', action: 'get', object: 'demo/x' }
    await expect(explain.run(alice, { ...question, subject: 'bob' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    expect((await explain.run(alice, question)).allowed).toBe(false)
  })
})

describe('LoadGrants', () => {
  it('[1.11 Cache] an edit counts at once here, and within a second in another gateway', async () => {
    const here = gateway()
    const there = gateway(here.stores)
    const may = async ({ person }: typeof here): Promise<boolean> =>
      decide(await person('alice'), 'applications', 'sync', 'demo/shop') === undefined
    expect([await may(here), await may(there)]).toEqual([false, false])
    await here.change.run(await here.person('admin'), { change: { csv: SYNC } })
    expect([await may(here), await may(there)]).toEqual([true, false])
    there.wait(1_001)
    expect(await may(there)).toBe(true)
  })

  it('[1.11 Groups] roles of projects count for their groups and tokens, and the lines of before the first edit', async () => {
    const one = gateway()
    await addProject(one)
    await one.stores.settings.set(POLICY_SETTING, SYNC, RECORD)
    const may = async (who: string, groups: string[], object: string): Promise<boolean> =>
      decide(await one.person(who, groups), 'applications', 'sync', object) === undefined
    expect(await may('bob', ['builders'], 'demo/shop')).toBe(true)
    expect(await may('proj:demo:ci', [], 'demo/shop')).toBe(true)
    expect(await may('bob', ['builders'], 'other/shop')).toBe(false)
    expect(await may('alice', [], 'demo/shop')).toBe(true)
    const why = await one.explain.run(SYSTEM_PRINCIPAL, {
      subject: 'bob',
      groups: ['builders'],
      resource: 'applications',
      action: 'sync',
      object: 'demo/shop',
    })
    expect(why).toMatchObject({ allowed: true, reason: 'line 1 of project "demo", role "ci" allows it' })
    expect(why.lines[0]?.via).toEqual(['builders', 'project "demo", role "ci"', 'proj:demo:ci'])
  })

  it('D-06 nobody is let in while the policy cannot be read', async () => {
    const { grants, stores, wait } = gateway()
    await grants.run('admin', [])
    stores.policies.current = () => Promise.reject(new Error('the database is down'))
    wait(1_001)
    await expect(grants.run('admin', [])).rejects.toThrow('the database is down')
  })
})
