import { DEFAULT_APPLICATION_NAMESPACE } from './application.js'
import { dnsLabelProblem, dnsNameProblem } from './names.js'

export interface ApplicationName {
  readonly namespace: string
  readonly name: string
}

/** Reads `name` or `namespace/name` (default namespace `argocd`); undefined when it is neither. */
export function parseApplicationName(text: string): ApplicationName | undefined {
  const parts = text.trim().split('/')
  const name = parts.at(-1) ?? ''
  const namespace = parts.length === 2 ? (parts[0] ?? '') : DEFAULT_APPLICATION_NAMESPACE
  if (parts.length > 2 || dnsNameProblem(name) !== undefined || dnsLabelProblem(namespace) !== undefined)
    return undefined
  return { namespace, name }
}
