import { changed, IDLE, moved, NOW, put, within, type Acting } from './lease-acting.fixture.js'
import { databaseSteps, executed, heard } from './lease-database.fixture.js'
import type { LeaseTimes } from './lease-times.js'
import type { Flying, Held, Rules, Step, Work, Worker, World } from './lease-world.fixture.js'
import { mayWrite, type ClockReading } from './write-window.js'

export function firstWorld(workers: number): World {
  return {
    workers: Array.from({ length: workers }, () => IDLE),
    owner: undefined,
    expiresIn: 0,
    flying: [],
    request: 'absent',
    ends: 0,
    bell: false,
    logged: 0,
  }
}

/** Everything that can happen next. */
export function nextSteps(world: World, rules: Rules): readonly Step[] {
  const steps: Step[] = [{ name: 'tick', world: tick(world, rules) }]
  if (rules.hasRequest && world.request === 'absent') {
    steps.push({ name: 'request', world: { ...world, request: 'running', bell: true } })
  }
  // Rung first, removed after: a crash in between rings again.
  if (world.bell) steps.push({ name: 'ring', world: rung(world) })
  if (world.bell) steps.push({ name: 'ring and remove', world: { ...rung(world), bell: false } })
  world.flying.forEach((flight, index) => steps.push(...flightSteps(world, flight, index)))
  world.workers.forEach((worker, index) => steps.push(...workerSteps({ world, worker, index, rules })))
  return steps
}

/** Who could write at this very moment. */
export function writers({ workers }: World): readonly Held[] {
  return workers.flatMap(({ lease }) => (lease !== undefined && mayWrite(lease.window, NOW) ? [lease] : []))
}

/** The same for worlds that differ only in what no longer matters: sorted workers, clamped times. */
export function textOf(world: World): string {
  const workers = world.workers.map((worker, index) => {
    const flights = world.flying
      .filter((flight) => flight.worker === index)
      .map(({ age, left }) => [age, left])
    return JSON.stringify([...Object.values(worker), flights, world.owner === index])
  })
  const orphans = world.flying.filter(({ worker }) => worker < 0).map(({ age, left }) => [age, left])
  const { expiresIn, request, ends, bell, logged } = world
  const owner = typeof world.owner === 'number' ? '' : (world.owner ?? 'none')
  return `${workers.sort().join()} ${JSON.stringify([orphans.sort(), owner, expiresIn, request, ends, bell, logged])}`
}

function tick(world: World, { times }: Rules): World {
  return {
    ...world,
    expiresIn: world.owner === undefined ? 0 : Math.max(-times.graceMs, world.expiresIn - 1),
    // What the server had no time for is over.
    flying: world.flying
      .filter(({ left }) => left > 0)
      .map((flight) => ({ ...flight, left: flight.left - 1 })),
    workers: world.workers.map((worker) =>
      passed(worker, { wallMs: 1, monotonicMs: worker.suspended ? 0 : 1 }, times),
    ),
  }
}

/** What a worker's clocks show counts from now: so everything noted moves back by what they moved on. */
function passed(worker: Worker, by: ClockReading, times: LeaseTimes): Worker {
  const { lease, asked } = worker
  return {
    ...worker,
    lease: lease === undefined ? undefined : { ...lease, window: moved(lease.window, by, times) },
    asked:
      asked === undefined
        ? undefined
        : {
            wallMs: within(-times.writeForMs, asked.wallMs - by.wallMs, 1),
            monotonicMs: Math.max(-times.writeForMs, asked.monotonicMs - by.monotonicMs),
          },
  }
}

function flightSteps(world: World, flight: Flying, index: number): readonly Step[] {
  const flying = world.flying.filter((_flight, at) => at !== index)
  const workers = (stage: Work['stage']) =>
    world.workers.map((worker, at) =>
      at === flight.worker && worker.work?.stage === 'writing'
        ? { ...worker, work: { ...worker.work, stage } }
        : worker,
    )
  const landed: Step = { name: 'land', world: { ...world, flying, workers: workers('written') } }
  return [
    flight.age > 0 ? { ...landed, broken: 'a write of an old owner was accepted' } : landed,
    // Whether it landed is not known: it is written again.
    { name: 'lose the answer', world: { ...world, flying, workers: workers('begun') } },
  ]
}

function workerSteps(acting: Acting): readonly Step[] {
  const { worker, rules } = acting
  const steps: Step[] = [...databaseSteps(acting), { name: 'crash', world: crashed(acting) }]
  if (rules.clocksGoWrong) steps.push(...clockSteps(acting))
  if (worker.suspended) return steps
  const asking = { ...acting, worker: { ...worker, asked: NOW } }
  if (!rules.answersGetLost) steps.push(atOnce(asking))
  else if (worker.asked === undefined) steps.push(changed(acting, 'ask for the lease', asking.worker))
  return [...steps, ...leavingSteps(acting), ...workSteps(acting)]
}

/** Asked, executed and heard without anything in between. */
function atOnce(acting: Acting): Step {
  const { world } = executed(acting)
  const worker = world.workers[acting.index] ?? acting.worker
  return heard({ ...acting, world, worker }, worker.answer ?? { kind: 'not yours' })
}

/** The wall clock is set by one tick, or the machine is suspended: two clocks can see one of both. */
function clockSteps(acting: Acting): readonly Step[] {
  const { worker, rules } = acting
  if (worker.suspended) return [changed(acting, 'continue', { ...worker, suspended: false })]
  if (worker.lease === undefined && worker.asked === undefined) return []
  const steps: Step[] = []
  if (worker.wrong !== 'wall') {
    steps.push(changed(acting, 'suspend', { ...worker, suspended: true, wrong: 'monotonic' }))
  }
  if (worker.wrong === 'monotonic') return steps
  const set = (wallMs: number) => ({
    ...passed(worker, { wallMs, monotonicMs: 0 }, rules.times),
    wrong: 'wall' as const,
  })
  return [...steps, changed(acting, 'set forward', set(1)), changed(acting, 'set back', set(-1))]
}

/** A hand-over: nothing more is written, what is under way has ended, then the lease is given back. */
function leavingSteps(acting: Acting): readonly Step[] {
  const { world, worker, index } = acting
  if (worker.lease === undefined || world.flying.some((flight) => flight.worker === index)) return []
  const work = worker.work?.stage === 'storing' ? worker.work : undefined
  const left = changed(acting, 'give back', {
    ...worker,
    ...{ lease: undefined, asked: undefined, answer: undefined },
    work,
  })
  const given = world.owner === index ? { owner: undefined, expiresIn: 0 } : {}
  return [{ ...left, world: { ...left.world, ...given } }]
}

/** A doorbell reaches whoever believes to be the owner; without one it is lost. */
function rung(world: World): World {
  return {
    ...world,
    workers: world.workers.map((worker) => (worker.lease === undefined ? worker : { ...worker, rung: true })),
  }
}

function workSteps(acting: Acting): readonly Step[] {
  const { world, worker, index, rules } = acting
  const { work, lease } = worker
  if (work === undefined) {
    if (!worker.rung || lease === undefined) return []
    if (world.request !== 'running') return [changed(acting, 'rest', { ...worker, rung: false })]
    return [
      changed(acting, 'begin', { ...worker, work: { age: lease.age, step: world.logged, stage: 'begun' } }),
    ]
  }
  if (work.stage === 'written')
    return [changed(acting, 'store', { ...worker, work: { ...work, stage: 'storing' } })]
  if (work.stage !== 'begun') return []
  if (work.step >= rules.steps)
    return [changed(acting, 'store', { ...worker, work: { ...work, stage: 'storing' } })]
  if (lease === undefined || !mayWrite(lease.window, NOW)) return []
  const flight: Flying = { worker: index, age: lease.age, left: rules.times.writeTimeoutMs }
  const writing = changed(acting, 'write', { ...worker, work: { ...work, stage: 'writing' } })
  return [{ ...writing, world: { ...writing.world, flying: [...world.flying, flight] } }]
}

function crashed({ world, index }: Acting): World {
  return {
    ...put(world, index, IDLE),
    owner: world.owner === index ? 'dead' : world.owner,
    flying: world.flying.map((flight) => (flight.worker === index ? { ...flight, worker: -1 } : flight)),
  }
}
