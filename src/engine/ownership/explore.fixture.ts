import { firstWorld, nextSteps, textOf, writers } from './lease-model.fixture.js'
import type { Rules, World } from './lease-world.fixture.js'

export interface Exploration {
  readonly states: number
  readonly steps: number
  /** What went wrong first, with the names of the steps that lead there. */
  readonly violation: string | undefined
}

interface Found {
  readonly worlds: World[]
  readonly numbers: Map<string, number>
  /** How each world was reached first. */
  readonly parents: number[]
  readonly names: string[]
  /** Every step, backwards: to, from, to, from … */
  readonly edges: number[]
}

const MOST = 2_000_000

/** Walks through every state that can be reached, in breadth, so that what it finds is as short as can be. */
export function explore(workers: number, rules: Rules): Exploration {
  const first = firstWorld(workers)
  const found: Found = {
    worlds: [first],
    numbers: new Map([[textOf(first), 0]]),
    parents: [-1],
    names: ['start'],
    edges: [],
  }
  for (let at = 0; at < found.worlds.length; at += 1) {
    if (found.worlds.length > MOST) throw new Error(`More than ${MOST} states: make the world smaller.`)
    const broken = visit(found, at, rules)
    if (broken !== undefined) return outcome(found, broken)
  }
  const stuck = rules.hasRequest ? firstWithoutEnd(found) : undefined
  return outcome(found, stuck === undefined ? undefined : `${wayTo(found, stuck)}: the request can never end`)
}

function outcome({ worlds, edges }: Found, violation: string | undefined): Exploration {
  return { states: worlds.length, steps: edges.length / 2, violation }
}

function visit(found: Found, at: number, rules: Rules): string | undefined {
  const world = found.worlds[at]
  if (world === undefined) return undefined
  for (const step of nextSteps(world, rules)) {
    const broken = step.broken ?? wrongIn(step.world)
    if (broken !== undefined) return `${wayTo(found, at)} > ${step.name}: ${broken}`
    found.edges.push(numberOf(found, step.world, { at, name: step.name }), at)
  }
  return undefined
}

function wrongIn(world: World): string | undefined {
  if (world.ends > 1) return 'a request ended twice'
  const able = writers(world)
  if (able.length > 1) return 'two workers may write'
  return able.some(({ age }) => age > 0) ? 'an old owner may write' : undefined
}

function numberOf(found: Found, world: World, from: { readonly at: number; readonly name: string }): number {
  const text = textOf(world)
  const known = found.numbers.get(text)
  if (known !== undefined) return known
  const number = found.worlds.push(world) - 1
  found.numbers.set(text, number)
  found.parents.push(from.at)
  found.names.push(from.name)
  return number
}

function wayTo({ parents, names }: Found, at: number): string {
  const way: string[] = []
  for (let next = at; next >= 0; next = parents[next] ?? -1) way.unshift(names[next] ?? '')
  return way.join(' > ')
}

/** Backwards from every world in which the request has ended: whatever is not met can never end. */
function firstWithoutEnd({ worlds, edges }: Found): number | undefined {
  const before = backwards(edges)
  const met = new Uint8Array(worlds.length)
  const open = worlds.flatMap(({ request }, at) => (request === 'ended' ? [at] : []))
  for (const at of open) met[at] = 1
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const from of before.get(at) ?? []) {
      if (met[from] === 1) continue
      met[from] = 1
      open.push(from)
    }
  }
  const missed = met.indexOf(0)
  return missed < 0 ? undefined : missed
}

function backwards(edges: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const before = new Map<number, number[]>()
  for (let index = 0; index < edges.length; index += 2) {
    const [to, from] = [edges[index] ?? 0, edges[index + 1] ?? 0]
    const list = before.get(to)
    if (list === undefined) before.set(to, [from])
    else list.push(from)
  }
  return before
}
