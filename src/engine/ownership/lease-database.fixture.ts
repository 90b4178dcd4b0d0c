import { changed, moved, NOW, put, type Acting } from './lease-acting.fixture.js'
import type { Answer, Step, Work, World } from './lease-world.fixture.js'
import { extendWindow, openWindow } from './write-window.js'

/** What is on its way to the database and back, also when the sender stands still. */
export function databaseSteps(acting: Acting): readonly Step[] {
  const { worker, rules } = acting
  const steps: Step[] = []
  if (worker.asked !== undefined) {
    steps.push(worker.answer === undefined ? executed(acting) : heard(acting, worker.answer))
    if (rules.answersGetLost) {
      steps.push(changed(acting, 'lose the exchange', { ...worker, asked: undefined, answer: undefined }))
    }
  }
  if (worker.work?.stage === 'storing') steps.push(stored(acting, worker.work))
  return steps
}

/** One statement: renews what is this worker's, else takes what is free. */
export function executed(acting: Acting): Step {
  const { world, worker, index, rules } = acting
  const mine = world.owner === index
  const free = world.owner === undefined || world.expiresIn <= 0
  const renews = worker.lease !== undefined
  if (!mine && (renews || !free))
    return changed(acting, 'is refused', { ...worker, answer: { kind: 'not yours' } })
  // What is ours without our knowing was gained by a request whose answer was lost: nobody knows since when.
  const formerExpiredForMs = mine ? 0 : -world.expiresIn
  const answer: Answer = {
    ...{ kind: 'yours', age: renews ? worker.lease.age : 0 },
    formerExpiredForMs: world.owner === undefined ? undefined : formerExpiredForMs,
  }
  const next = put(mine ? world : agedBy(world), index, { ...worker, answer })
  return { name: 'execute', world: { ...next, owner: index, expiresIn: rules.times.ttlMs } }
}

/** An answer to a renewal extends the window; one to an acquisition opens it. */
export function heard(acting: Acting, answer: Answer): Step {
  const { world, worker, rules } = acting
  const { times } = rules
  const quiet = { ...worker, asked: undefined, answer: undefined }
  const sent = rules.countsFromAnswer ? NOW : (worker.asked ?? NOW)
  if (worker.lease !== undefined) {
    if (answer.kind === 'not yours' || answer.age > 0) {
      return changed(acting, 'lose the lease', {
        ...quiet,
        lease: undefined,
        work: undefined,
        wrong: undefined,
      })
    }
    const window = extendWindow(worker.lease.window, sent, times)
    return changed(acting, 'renew', { ...quiet, lease: { ...worker.lease, window } })
  }
  if (answer.kind === 'not yours') return changed(acting, 'hear the refusal', quiet)
  const { age, formerExpiredForMs } = answer
  const window = moved(openWindow({ sent, received: NOW, formerExpiredForMs }, times), NOW, times)
  const awake = worker.rung || (rules.resumes && world.request === 'running')
  return changed(acting, 'gain', { ...quiet, lease: { age, window }, rung: awake, work: undefined })
}

/** A new owner: every epoch is one older. */
function agedBy(world: World): World {
  return {
    ...world,
    flying: world.flying.map((flight) => ({ ...flight, age: 1 })),
    workers: world.workers.map((worker) => ({
      ...worker,
      lease: worker.lease === undefined ? undefined : { ...worker.lease, age: 1 },
      work: worker.work === undefined ? undefined : { ...worker.work, age: 1 },
      answer: worker.answer?.kind === 'yours' ? { ...worker.answer, age: 1 } : worker.answer,
    })),
  }
}

/** Steps and ends are state: they carry the epoch in which the work began. */
function stored(acting: Acting, work: Work): Step {
  const { world, worker, rules } = acting
  if (rules.fenced && work.age > 0) {
    return changed(acting, 'is refused by the fence', { ...worker, work: undefined, lease: undefined })
  }
  const broken = work.age > 0 ? { broken: 'state of an old owner was accepted' } : {}
  if (work.step < rules.steps) {
    const next = { ...work, step: work.step + 1, stage: 'begun' as const }
    const logged = Math.max(world.logged, work.step + 1)
    return {
      ...broken,
      ...changed({ ...acting, world: { ...world, logged } }, 'log', { ...worker, work: next }),
    }
  }
  // A terminal row never changes again.
  const ended =
    world.request === 'ended' ? world : { ...world, request: 'ended' as const, ends: world.ends + 1 }
  return {
    ...broken,
    ...changed({ ...acting, world: ended }, 'end', { ...worker, work: undefined, rung: false }),
  }
}
