import { Args, Int, Query, Resolver } from '@nestjs/graphql'
import type { AuditCursor } from '../../store/audit-trail.js'
import { ProveAudit } from '../../audit/prove-audit.js'
import { SearchAudit } from '../../audit/search-audit.js'
import { AppError } from '../../base/app-error.js'
import type { Principal } from '../../engine/access/principal.js'
import { Allow, Cost, SignedIn } from '../access-rule.js'
import { fromCursor, toCursor } from '../opaque-id.js'
import { Caller } from '../request-context.js'
import { withoutNulls } from '../without-nulls.js'
import {
  AuditAnchorInput,
  AuditEventConnectionType,
  AuditEventsArgs,
  AuditVerificationType,
  toAuditEventView,
} from './audit.type.js'

/** Who did what, and the proof that nobody changed it since. */
@Resolver()
export class AuditResolver {
  private readonly search: SearchAudit
  private readonly prove: ProveAudit

  constructor(search: SearchAudit, prove: ProveAudit) {
    this.search = search
    this.prove = prove
  }

  // Members of a project read its events without a right of their own on the trail; the feature decides for each.
  @SignedIn()
  @Query(() => AuditEventConnectionType, { description: 'Newest first.' })
  async auditEvents(
    @Caller() caller: Principal,
    @Args() args: AuditEventsArgs,
  ): Promise<AuditEventConnectionType> {
    const filter = withoutNulls(args.filter ?? {})
    const after = args.after == null ? undefined : cursorOf(args.after)
    const page = await this.search.run(caller, { filter, first: args.first, ...(after && { after }) })
    const nodes = page.events.map(toAuditEventView)
    return {
      nodes,
      edges: nodes.map((node) => ({ cursor: toCursor([node.at, node.id]), node })),
      pageInfo: {
        hasNextPage: page.hasNextPage,
        ...(page.end && { endCursor: toCursor([page.end.at, page.end.id]) }),
      },
    }
  }

  @Allow('audit:get')
  @Cost(100)
  @Query(() => AuditVerificationType, { description: 'One slice; go on with `next` until it is absent.' })
  verifyAudit(
    @Caller() caller: Principal,
    @Args('after', { type: () => Int, nullable: true }) after?: number | null,
    @Args('anchor', { type: () => AuditAnchorInput, nullable: true }) anchor?: AuditAnchorInput | null,
  ): Promise<AuditVerificationType> {
    return this.prove.run(caller, { ...(after != null && { after }), ...(anchor && { anchor }) })
  }
}

function cursorOf(text: string): AuditCursor {
  const [at = '', id = '', ...more] = fromCursor(text)
  if (more.length > 0 || !/^\d{1,18}$/.test(id) || Number.isNaN(Date.parse(at)) || at.length > 30) {
    throw new AppError('BAD_USER_INPUT', 'The cursor "after" is not one of ours.')
  }
  return { at, id }
}
