import { groupKindText, resourceKeyText } from '../manifest/resource-key.js'
import { kindRank } from './kind-order.js'
import type { ApplyGroup, PlanWave, SyncTarget } from './sync-plan.js'

/**
 * Sorts targets into waves and, inside a wave, into groups by kind, then name (contract 1.4). A Namespace comes before
 * the objects in it and a CustomResourceDefinition before objects of its kind, in an earlier wave if need be.
 */
export function orderWaves(targets: readonly SyncTarget[]): readonly PlanWave[] {
  const users = usersByProvision(targets)
  const placed = targets.map((target) => place(target, users))
  const waves = [...new Set(placed.map((item) => item.wave))].sort((a, b) => a - b)
  return waves.map((wave) => ({
    phase: 'Sync',
    wave,
    groups: groupsOf(placed.filter((item) => item.wave === wave)),
  }))
}

interface Placed {
  readonly key: string
  readonly wave: number
  readonly rank: number
  readonly gate: boolean
}

/** What a target makes possible for others: a namespace, or a kind. */
function provides(target: SyncTarget): string | undefined {
  if (target.defines !== undefined) return `kind ${groupKindText(target.defines)}`
  const { group, kind, name } = target.key
  return group === '' && kind === 'Namespace' ? `namespace ${name}` : undefined
}

function usersByProvision(targets: readonly SyncTarget[]): ReadonlyMap<string, readonly SyncTarget[]> {
  const users = new Map<string, SyncTarget[]>()
  for (const target of targets) {
    for (const provision of [`kind ${groupKindText(target.key)}`, `namespace ${target.key.namespace}`]) {
      const known = users.get(provision)
      if (known === undefined) users.set(provision, [target])
      else known.push(target)
    }
  }
  return users
}

function place(target: SyncTarget, users: ReadonlyMap<string, readonly SyncTarget[]>): Placed {
  const key = resourceKeyText(target.key)
  const provision = provides(target)
  const dependents = provision === undefined ? [] : (users.get(provision) ?? [])
  let wave = target.wave
  let rank = kindRank(target.key.kind)
  for (const dependent of dependents) {
    wave = Math.min(wave, dependent.wave)
    rank = Math.min(rank, kindRank(dependent.key.kind) - 0.5)
  }
  const gate = target.defines !== undefined && target.state === 'missing' && dependents.length > 0
  return { key, wave, rank, gate }
}

function groupsOf(placed: readonly Placed[]): readonly ApplyGroup[] {
  const ranks = [...new Set(placed.map((item) => item.rank))].sort((a, b) => a - b)
  return ranks.map((rank) => {
    const members = placed.filter((item) => item.rank === rank)
    return { keys: members.map((item) => item.key).sort(), gate: members.some((item) => item.gate) }
  })
}
