import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemText } from '../application/field-problem.js'
import type { SyncWindow } from './project.js'
import { windowStates, windowVerdict } from './sync-windows.js'
import { validateProject } from './validate-project.js'

const NIGHT = { schedule: '0 22 * * *', duration: '2h' } as const
const at = (text: string) => Date.parse(`2026-11-25T${text}Z`)
const INSIDE = at('23:00:00')
const OUTSIDE = at('12:00:00')
const shop = {
  name: 'shop',
  namespace: 'prod',
  cluster: { server: 'https://prod.example', name: 'prod' },
}
const all = { applications: ['*'] }
const allow: SyncWindow = { kind: 'allow', ...NIGHT, ...all }
const deny: SyncWindow = { kind: 'deny', ...NIGHT, ...all }
const byHand = (window: SyncWindow): SyncWindow => ({ ...window, manualSync: true })
const may = (windows: readonly SyncWindow[], now: number, manual = false) =>
  windowVerdict(windows, shop, { manual, now }).permitted

describe('[1.4 Window] [2.2 syncWindows] validateProject() reads syncWindows', () => {
  const spec = (window: object) =>
    validateProject({ metadata: { name: 'demo' }, spec: { syncWindows: [window] } })

  it('keeps every field', () => {
    const whole: SyncWindow = {
      ...deny,
      namespaces: ['prod-*'],
      clusters: ['https://*.example', 'in-cluster'],
      manualSync: true,
      timeZone: 'Europe/Berlin',
      andOperator: true,
      syncOverrun: true,
      description: 'freeze',
    }
    expect(spec(whole)).toEqual({ project: { name: 'demo', spec: { syncWindows: [whole] } } })
  })

  it.each<[object, string]>([
    [{ ...deny, kind: 'block' }, 'syncWindows[0].kind: must be "allow" or "deny", not "block"'],
    [
      { ...deny, schedule: '0 22 * *' },
      'syncWindows[0].schedule: "0 22 * *" is not a schedule; write five fields',
    ],
    [{ ...deny, schedule: '0 0 30 2 *' }, 'syncWindows[0].schedule: "0 0 30 2 *" never comes round'],
    [{ ...deny, timeZone: 'Berlin/Europe' }, 'syncWindows[0].timeZone: "Berlin/Europe" is not a time zone'],
    [{ ...deny, duration: '2 hours' }, 'syncWindows[0].duration: "2 hours" is not a duration'],
    [
      { ...deny, manualsync: true },
      'syncWindows[0].manualsync: is not a known field. Did you mean "manualSync"?',
    ],
    [{ kind: 'deny', schedule: '0 1 * * *' }, 'syncWindows[0].duration: is missing'],
  ])('refuses %j: %s', (window, message) => {
    const result = spec(window)
    expect('problems' in result ? problemText(result.problems) : '').toContain(message)
  })

  it.each(['1e99h', '-1h', '0s', '120', '9999999h', 'NaNh'])(
    'B-07 the duration %s is refused when the project is saved',
    (duration) => {
      expect(spec({ ...deny, duration })).toHaveProperty('problems')
    },
  )
})

describe('[1.4 Evaluation] windowVerdict()', () => {
  it.each<[string, readonly SyncWindow[], boolean, boolean, boolean, boolean]>([
    // windows → automated inside, manual inside, automated outside, manual outside
    ['no window', [], true, true, true, true],
    ['an allow', [allow], true, true, false, false],
    ['an allow with manualSync', [byHand(allow)], true, true, false, true],
    ['a deny', [deny], false, false, true, true],
    ['a deny with manualSync', [byHand(deny)], false, true, true, true],
    ['a deny beside an allow: deny wins', [allow, deny], false, false, false, false],
    ['two denies of which one has manualSync', [byHand(deny), deny], false, false, true, true],
    ['two allows of which one has manualSync', [byHand(allow), allow], true, true, false, false],
  ])('with %s', (_name, windows, ...expected) => {
    const found = [INSIDE, OUTSIDE].flatMap((now) => [may(windows, now), may(windows, now, true)])
    expect(found).toEqual(expected)
  })

  it('counts windows by application, namespace and cluster: one list is enough, with andOperator all', () => {
    const counts = (window: Partial<SyncWindow>) =>
      windowStates([{ kind: 'deny', ...NIGHT, ...window }], shop, INSIDE).length === 1
    expect(counts({})).toBe(false)
    expect(counts({ applications: ['sh*'] })).toBe(true)
    expect(counts({ applications: ['other'], namespaces: ['prod'] })).toBe(true)
    expect(counts({ clusters: ['prod'] })).toBe(true)
    expect(counts({ clusters: ['https://PROD.example/'] })).toBe(true)
    expect(counts({ clusters: ['https://other*'] })).toBe(false)
    expect(counts({ applications: ['other'], namespaces: ['prod'], andOperator: true })).toBe(false)
    expect(counts({ applications: ['shop'], namespaces: ['prod'], andOperator: true })).toBe(true)
    expect(counts({ applications: [], andOperator: true })).toBe(false)
  })

  it('is open from the time of the schedule until the duration is over, in its time zone', () => {
    const open = (now: string, timeZone = 'UTC') => !may([{ ...deny, timeZone }], at(now))
    expect([open('21:59:59'), open('22:00:00'), open('23:59:59')]).toEqual([false, true, true])
    expect(open('00:00:00')).toBe(false)
    expect([open('20:59:59', 'Europe/Berlin'), open('21:00:00', 'Europe/Berlin')]).toEqual([false, true])
  })

  it('says which window, and when it opens again', () => {
    const denied = windowVerdict([{ ...deny, description: 'freeze' }], shop, { manual: true, now: INSIDE })
    expect(denied).toEqual({
      permitted: false,
      why: 'A sync window of the project denies it now: "0 22 * * *" for 2h (UTC): freeze. It opens again at 2026-11-26T00:00:00.000Z.',
      opensAt: at('00:00:00') + 86_400_000,
    })
    const outside = windowVerdict([allow], shop, { manual: true, now: OUTSIDE })
    expect(outside.why).toContain('outside the sync windows of the project that allow it')
    expect(outside.opensAt).toBe(at('22:00:00'))
  })

  it('knows no time when allow lies wholly within deny', () => {
    const hours = { ...deny, schedule: '0 21 * * *', duration: '4h' }
    expect(windowVerdict([allow, hours], shop, { manual: false, now: OUTSIDE }).opensAt).toBeUndefined()
  })

  it('never permits more when a deny is added, and permits at the time it names', () => {
    const window = fc.record({
      kind: fc.constantFrom('allow' as const, 'deny' as const),
      schedule: fc.constantFrom('0 22 * * *', '*/30 * * * *', '0 6 * * 1', '15 3 1 * *'),
      duration: fc.constantFrom('10m', '2h', '30h'),
      manualSync: fc.boolean(),
      applications: fc.constant(['*']),
    })
    const moment = fc.integer({ min: at('00:00:00'), max: at('00:00:00') + 7 * 86_400_000 })
    fc.assert(
      fc.property(
        fc.array(window, { maxLength: 3 }),
        window,
        moment,
        fc.boolean(),
        (some, extra, now, manual) => {
          const more = [...some, { ...extra, kind: 'deny' as const, manualSync: false }]
          if (may(more, now, manual)) expect(some.length === 0 || may(some, now, manual)).toBe(true)
          const { permitted, opensAt } = windowVerdict(some, shop, { manual, now })
          if (!permitted && opensAt !== undefined) {
            expect(opensAt).toBeGreaterThan(now)
            expect(may(some, opensAt, manual)).toBe(true)
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('[1.4 syncOverrun] windowVerdict()', () => {
  const overrun = (window: SyncWindow): SyncWindow => ({ ...window, syncOverrun: true })
  const goesOn = (windows: readonly SyncWindow[], startedAt: string, now: string) =>
    windowVerdict(windows, shop, { manual: false, now: at(now), startedAt: at(startedAt) }).permitted

  it('lets what began legally end in a deny, and past an allow', () => {
    expect(goesOn([overrun(deny)], '21:50:00', '22:10:00')).toBe(true)
    expect(goesOn([deny], '21:50:00', '22:10:00')).toBe(false)
    const early = { ...allow, schedule: '0 10 * * *' }
    expect(goesOn([overrun(early)], '11:50:00', '12:10:00')).toBe(true)
    expect(goesOn([early], '11:50:00', '12:10:00')).toBe(false)
  })

  it('does not let go on what began illegally, or when one window in the way has no syncOverrun', () => {
    expect(goesOn([overrun(deny)], '22:05:00', '22:10:00')).toBe(false)
    expect(goesOn([overrun(deny), deny], '21:50:00', '22:10:00')).toBe(false)
  })
})
