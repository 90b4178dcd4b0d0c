import { resourceKeyText } from '../manifest/resource-key.js'
import type { InventoryItem, LiveItem, PruneLimits } from './sync-plan.js'

/** What must be known before anything is deleted. */
export interface PruneContext {
  /** Keys of everything declared. */
  readonly targets: ReadonlySet<string>
  readonly renderComplete: boolean
  /** `prune` of the request. */
  readonly requested: boolean
  readonly allowEmpty: boolean
}

/**
 * May this object of the inventory be deleted? `undefined` = yes, otherwise the reason as a sentence. Deletion needs
 * proof (design 4.4): recorded as ours, absent from a complete render, seen alive, tracked by this very application.
 */
export function mayPrune(item: InventoryItem, context: PruneContext): string | undefined {
  if (context.targets.has(resourceKeyText(item.key))) return 'It is declared.'
  if (!context.renderComplete)
    return 'The manifests could not be rendered completely, so nothing counts as removed.'
  if (item.live === undefined) return 'It does not exist in the cluster.'
  if (item.live === 'unknown')
    return 'It could not be read from the cluster, so it is not known whether it is ours.'
  return liveRefusal(item.live, context)
}

function liveRefusal(live: LiveItem, context: PruneContext): string | undefined {
  if (live.forbidden !== undefined) return `It stays: ${live.forbidden}`
  if (!live.trackedByThisApplication) return 'Its tracking id names another owner, or none.'
  if (live.options.prune === false) return 'Its option Prune=false keeps it.'
  if (!context.requested) return 'It is no longer declared; sync with prune to delete it.'
  if (context.targets.size === 0 && !context.allowEmpty) {
    return 'Nothing at all is declared; set syncPolicy.automated.allowEmpty to delete everything.'
  }
  return undefined
}

export const DEFAULT_PRUNE_LIMITS: PruneLimits = { few: 10, share: 0.5, many: 100 }

/**
 * Does a prune of `pruned` of `total` objects need a person (design 4.4)? `undefined` = no, otherwise the reason.
 * `allowAll` lifts only the rule about all objects.
 */
export function blastRadius(
  counts: { readonly pruned: number; readonly total: number },
  limits: PruneLimits,
  allowAll: boolean,
): string | undefined {
  const { pruned, total } = counts
  if (pruned === 0) return undefined
  const size = `This sync would delete ${pruned} of ${total} objects`
  const advice = 'Check what was removed, then sync again with a confirmed prune.'
  if (pruned > limits.many) return `${size}, more than ${limits.many}. ${advice}`
  if (pruned > limits.few && pruned > total * limits.share) {
    return `${size}, more than ${limits.few} and more than ${Math.round(limits.share * 100)} %. ${advice}`
  }
  if (pruned >= total && !allowAll) return `${size}, all there are. ${advice}`
  return undefined
}
