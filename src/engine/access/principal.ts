import type { MatchMode } from './match-mode.js'

/** Who asks, with what they may do already compiled. */
export interface Principal {
  readonly subject: string
  readonly kind: 'user' | 'token' | 'system'
  readonly groups: readonly string[]
  readonly grants: Grants
  /** What this token may at most, whatever `grants` allow; absent = all of them. */
  readonly limit?: Grants
  /** Session or token id, for revocation; absent for the system. */
  readonly credentialId?: string
  /** When the person proved who they are; absent for tokens and the system. */
  readonly authenticatedAt?: string
}

/** What policies speak of (contract 1.11); `audit` and `settings` exist in Lockstep only. */
export type AccessResource =
  | 'accounts'
  | 'applications'
  | 'applicationsets'
  | 'audit'
  | 'certificates'
  | 'clusters'
  | 'exec'
  | 'extensions'
  | 'gpgkeys'
  | 'logs'
  | 'projects'
  | 'repositories'
  | 'settings'
  | 'write-repositories'

/** The longer ones speak of one resource of an application: make them with `resourceAction`. */
export type AccessAction =
  | 'get'
  | 'create'
  | 'update'
  | 'delete'
  | 'sync'
  | 'override'
  | 'rollback'
  | 'invoke'
  | `${'update' | 'delete' | 'action'}/${string}`

/** Compiled allow/deny rules of one principal; deny wins. Objects are `<project>/<app>`, names or URLs. */
export interface Grants {
  readonly rules: readonly Grant[]
  /** How all patterns are read; default `glob`. */
  readonly matchMode?: MatchMode
  /** What these allow is allowed whatever `rules` deny: `policy.default` in compatibility with Argo CD. */
  readonly overriding?: Grants
}

export interface Grant {
  readonly resource: string
  readonly action: string
  readonly object: string
  readonly effect: 'allow' | 'deny'
  /** The rule of a role of this project: it counts for objects of the project only, whatever the pattern. */
  readonly within?: string
}

/** The principal of automated work; it may do everything and says so in the audit trail. */
export const SYSTEM_PRINCIPAL: Principal = {
  subject: 'system',
  kind: 'system',
  groups: [],
  grants: { rules: [{ resource: '*', action: '*', object: '*', effect: 'allow' }] },
}
