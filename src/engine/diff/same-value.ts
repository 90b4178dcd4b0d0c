import { isAbsent, isList, isRecord } from '../manifest/read-json.js'
import type { Path } from './difference.js'
import { sameQuantity } from './quantity.js'

/** Maps whose values are quantities wherever Kubernetes uses these names. */
const QUANTITY_MAPS = new Set([
  'allocatable',
  'capacity',
  'default',
  'defaultRequest',
  'hard',
  'limits',
  'max',
  'maxLimitRequestRatio',
  'min',
  'podFixed',
  'requests',
])
const QUANTITY_FIELDS = new Set(['averageValue', 'divisor', 'sizeLimit', 'targetAverageValue', 'targetValue'])
const INT_OR_STRING_FIELDS = new Set(['maxSurge', 'maxUnavailable', 'minAvailable', 'port', 'targetPort'])
/** Below these, every text is the user's own. */
const FREE_TEXT = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'matchLabels',
  'nodeSelector',
  'stringData',
])

/**
 * Fields that the API keeps as pointers: false, 0 or '' says something other than absence there, so a live object
 * without the field does differ.
 */
const POINTERS = new Set([
  'allowPrivilegeEscalation',
  'automountServiceAccountToken',
  'backoffLimit',
  'controller',
  'enableServiceLinks',
  'immutable',
  'optional',
  'partition',
  'privileged',
  'readOnlyRootFilesystem',
  'replicas',
  'runAsGroup',
  'runAsNonRoot',
  'runAsUser',
  'storageClassName',
  'suspend',
])

/** Empty maps that mean something by being there: `emptyDir: {}`, "every namespace". */
const MARKERS = new Set(['emptyDir', 'namespaceSelector', 'objectSelector', 'podSelector'])

/** Do two scalars at this path mean the same to Kubernetes (contract 2.7.1: quantities, IntOrString)? */
export function sameScalar(path: Path, desired: unknown, live: unknown): boolean {
  if (desired === live) return true
  if (path.some((step) => FREE_TEXT.has(step))) return false
  const field = path.at(-1) ?? ''
  if (INT_OR_STRING_FIELDS.has(field) && isNumeral(desired) && isNumeral(live))
    return String(desired) === String(live)
  return isQuantityPath(path) && sameQuantity(desired, live)
}

/**
 * Does a declared value say no more than an absent field? null, empty lists and (but for markers) empty maps
 * always; for the kinds that Kubernetes itself serves also false, 0 and '', which the API server leaves out, except where it keeps a pointer.
 */
export function saysNothing(path: Path, desired: unknown, builtIn: boolean): boolean {
  if (isAbsent(desired)) return true
  if (isList(desired)) return desired.length === 0
  if (isRecord(desired)) {
    const names = Object.keys(desired)
    if (names.length === 0) return !MARKERS.has(path.at(-1) ?? '')
    return names.every((name) => saysNothing([...path, name], desired[name], builtIn))
  }
  const isZero = desired === false || desired === 0 || desired === ''
  return isZero && builtIn && leavesOutZero(path)
}

/** Does the API server leave a zero out here? */
function leavesOutZero(path: Path): boolean {
  return !path.some((step) => FREE_TEXT.has(step)) && !POINTERS.has(path.at(-1) ?? '')
}

/** Groups that Kubernetes itself serves: core, `apps`, `batch`, … and `*.k8s.io` but for custom resources there. */
export function isBuiltInGroup(group: string): boolean {
  return !group.includes('.') || BUILT_IN_GROUPS.has(group)
}

const BUILT_IN_GROUPS = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
])

function isQuantityPath(path: Path): boolean {
  const field = path.at(-1) ?? ''
  const parent = path.at(-2) ?? ''
  if (QUANTITY_MAPS.has(parent) || QUANTITY_FIELDS.has(field)) return true
  return field === 'value' && parent === 'target'
}

function isNumeral(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d{1,9}$/.test(value))
}
