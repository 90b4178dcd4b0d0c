import { AppError } from '../base/app-error.js'
import type { Fence, Fences } from './records.js'

/** What a write with an outdated epoch answers. */
export function outdatedFence(): AppError {
  return new AppError(
    'CONFLICT',
    'Nothing was written: this worker no longer owns the cluster. Its new owner observes it again and goes on from there.',
  )
}

export function fenceList(fences: Fences | undefined): readonly Fence[] {
  if (fences === undefined) return []
  return 'clusterId' in fences ? [fences] : fences
}
