import type { Manifest } from './manifest.js'

/** A JSON object: neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Neither there nor said: undefined and null are one to Kubernetes. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

/** A JSON list, with elements still to be judged. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** The value at a path of own field names and list indexes; undefined as soon as a step is missing. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value
  for (const step of path) {
    if (isList(current)) current = typeof step === 'number' ? current[step] : undefined
    else if (isRecord(current)) current = Object.hasOwn(current, step) ? current[step] : undefined
    else return undefined
  }
  return current
}

/** The text at a path; undefined when absent or of another type. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = valueAt(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** The number at a path; undefined when absent or of another type. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = valueAt(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/** The list at a path; empty when absent or of another type. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(value, ...path)
  return isList(found) ? found : []
}

/** The annotation of an object; undefined when absent or not a text. */
export function annotationOf(manifest: Manifest, name: string): string | undefined {
  return textAt(manifest, 'metadata', 'annotations', name)
}
