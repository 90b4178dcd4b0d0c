import type { MatchMode } from './match-mode.js'

/** The policy of an installation, as the keys of `argocd-rbac-cm` (contract 1.11, 2.6). */
export interface PolicyDocument {
  /** `policy.csv`. */
  readonly csv: string
  /** `policy.<name>.csv` by name; they come after `policy.csv`, in the order of their names. */
  readonly overlays: Readonly<Record<string, string>>
  /** `policy.default`: the role that everybody has who signed in; empty for none. */
  readonly defaultRole: string
  readonly matchMode: MatchMode
  /** Claims of a login that count as names beside its subject. */
  readonly scopes: readonly string[]
  /** Compatibility with Argo CD: what the default role allows cannot be denied. */
  readonly defaultOverridesDeny: boolean
}

export const EMPTY_POLICY: PolicyDocument = {
  csv: '',
  overlays: {},
  defaultRole: '',
  matchMode: 'glob',
  scopes: ['groups'],
  defaultOverridesDeny: false,
}

/** One line with the place where it stands. */
export interface PolicyText {
  /** `policy.csv`, `policy.<name>.csv`, `built-in`, `project "x", role "y"`. */
  readonly source: string
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** The lines of a document in the order in which they count. */
export function policyTexts(document: Pick<PolicyDocument, 'csv' | 'overlays'>): readonly PolicyText[] {
  const names = Object.keys(document.overlays).sort()
  return [
    ...linesOf('policy.csv', document.csv),
    ...names.flatMap((name) => linesOf(`policy.${name}.csv`, document.overlays[name] ?? '')),
  ]
}

function linesOf(source: string, text: string): readonly PolicyText[] {
  return text.split('\n').map((line, index) => ({ source, line: index + 1, text: line }))
}
