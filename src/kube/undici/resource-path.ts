import { AppError } from '../../base/app-error.js'
import type { ApiKind } from '../../engine/manifest/api-catalog.js'

/** The path of a kind's collection, in one namespace or (without) across all. */
export function collectionPath(kind: ApiKind, namespace = ''): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const scope = kind.namespaced && namespace !== '' ? `/namespaces/${segment(namespace)}` : ''
  return `${root}${scope}/${kind.plural}`
}

/** The path of one object; a namespaced kind needs its namespace. */
export function objectPath(kind: ApiKind, namespace: string, name: string): string {
  if (kind.namespaced && namespace === '')
    throw new AppError('BAD_USER_INPUT', `${kind.kind} "${name}" has no namespace, but its kind needs one.`)
  return `${collectionPath(kind, namespace)}/${segment(name)}`
}

/** Names reach us from Git: none may climb out of its path. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name))
    throw new AppError('BAD_USER_INPUT', `"${name}" cannot be the name of an object. Change metadata.name.`)
  return encodeURIComponent(name)
}
