import { AppError } from '../base/app-error.js'
import { decide } from '../engine/access/decide.js'
import {
  explainAccess,
  type AccessExplanation,
  type AccessQuestion,
} from '../engine/access/explain-access.js'
import type { Principal } from '../engine/access/principal.js'
import { POLICY_OBJECT } from './change-policy.js'
import type { LoadGrants } from './load-grants.js'

/** Without a subject it is about the caller. */
export type ExplainWish = Omit<AccessQuestion, 'subject' | 'groups'> & {
  readonly subject?: string
  readonly groups?: readonly string[]
}

/** Why somebody may or may not: the lines, groups and roles that decide. About others only for who may read the policy. */
export class ExplainPolicy {
  private readonly grants: LoadGrants

  constructor(grants: LoadGrants) {
    this.grants = grants
  }

  /** FORBIDDEN. */
  async run(principal: Principal, wish: ExplainWish): Promise<AccessExplanation> {
    const { subject = principal.subject, groups, ...question } = wish
    const isOwn = subject === principal.subject && groups === undefined
    const refused = isOwn ? undefined : decide(principal, 'settings', 'get', POLICY_OBJECT)
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot explain what "${subject}" may: ${refused}`)
    const names = groups ?? (isOwn ? principal.groups : [])
    return explainAccess(await this.grants.index(), { ...question, subject, groups: names })
  }
}
