import { AppError } from '../base/app-error.js'
import type { ApplicationSource } from '../engine/application/application.js'

/**
 * The folder of a source from the root of its repository, `''` for the root, without slashes at the ends.
 * BAD_USER_INPUT when the path leaves the repository.
 */
export function folderOf(source: ApplicationSource): string {
  const path = source.path ?? ''
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (!parts.includes('..')) return parts.join('/')
  throw new AppError('BAD_USER_INPUT', `source.path "${path}" must not contain ".."`)
}

/** A source that is only there to be referred to by others: it adds no manifests (contract 1.1, multi-source). */
export function isReferenceOnly(source: ApplicationSource): boolean {
  return source.ref !== undefined && source.path === undefined && source.chart === undefined
}
