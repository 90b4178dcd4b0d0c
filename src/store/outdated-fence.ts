import { AppError } from '../base/app-error.js'
import type { Fence, Fences } from './records.js'

/** What a write with an outdated epoch answers. */
export function outdatedFence(fences?: Fences): AppError {
  const kinds = [...new Set(fenceList(fences).map(({ kind }) => kind))].sort()
  const what = kinds.join(' or ') || 'cluster'
  return new AppError(
    'CONFLICT',
    `Nothing was written: this worker no longer owns the ${what}. Its new owner looks at it again and goes on from there.`,
  )
}

export function fenceList(fences: Fences | undefined): readonly Fence[] {
  if (fences === undefined) return []
  return 'epoch' in fences ? [fences] : fences
}
