import type { ApplicationName } from '../../applications/application-access.js'
import { DEFAULT_APPLICATION_NAMESPACE } from '../../engine/application/application.js'
import type { SyncRequest } from '../../engine/sync/operation.js'
import type { ApplicationNameInput, SyncWishInput } from './application.input.js'

export function nameOf(input: Pick<ApplicationNameInput, 'name' | 'namespace'>): ApplicationName {
  return { name: input.name, namespace: input.namespace ?? DEFAULT_APPLICATION_NAMESPACE }
}

export function keyOf({ idempotencyKey }: { readonly idempotencyKey?: string | null }) {
  return idempotencyKey == null ? {} : { idempotencyKey }
}

export function syncRequestOf(input: SyncWishInput): SyncRequest {
  const resources = input.resources?.map((key) => ({
    group: key.group,
    kind: key.kind,
    namespace: key.namespace ?? '',
    name: key.name,
  }))
  return {
    prune: input.prune === true,
    dryRun: input.dryRun === true,
    force: input.force === true,
    confirmedPrune: input.confirmPrune === true,
    ...(resources !== undefined && resources.length > 0 && { resources }),
    ...(input.syncOptions != null && { syncOptions: [...input.syncOptions] }),
  }
}
