import { AppError } from '../base/app-error.js'
import { applicationObject } from '../engine/access/application-object.js'
import { decide } from '../engine/access/decide.js'
import { visibility } from '../engine/access/visibility.js'
import type { Principal } from '../engine/access/principal.js'
import type { AuditEvent } from '../store/records.js'

/** What of the audit trail a principal may read. */
export interface AuditReach {
  /** For the WHERE: every readable event is of one of these. */
  readonly projects: 'all' | readonly string[]
  /** The event as it may be read; undefined when it may not. */
  readonly show: (event: AuditEvent) => AuditEvent | undefined
}

/**
 * `audit, get, <project>` reads everything of a project, `audit, get, *` everything there is. Whoever may see an
 * application also reads what was done with it, but not from which address and with which credential. FORBIDDEN when
 * nothing at all may be read.
 */
export function auditReach(principal: Principal): AuditReach {
  const whole = visibility(principal, 'audit', 'get')
  if (whole.projects === 'all' && whole.exact) return { projects: 'all', show: (event) => event }
  const applications = visibility(principal, 'applications', 'get')
  const isAll = whole.projects === 'all' || applications.projects === 'all'
  const projects = isAll ? 'all' : [...new Set([...whole.projects, ...applications.projects])]
  if (projects.length === 0) throw refused(principal, '<project>')
  const show = (event: AuditEvent): AuditEvent | undefined => {
    if (whole.sees(event.project ?? '')) return event
    const object = memberObject(event)
    return object !== undefined && applications.sees(object) ? withoutOrigin(event) : undefined
  }
  return { projects, show }
}

/** Only who may read all of the trail may prove or export it. Throws FORBIDDEN. */
export function requireWholeTrail(principal: Principal, what: string): void {
  const reason = decide(principal, 'audit', 'get', '*')
  if (reason !== undefined) throw new AppError('FORBIDDEN', `Cannot ${what} the audit trail: ${reason}`)
}

/** As what the rights on applications are asked; events about a project need its applications, all of them. */
function memberObject({ project, object }: AuditEvent): string | undefined {
  if (project === undefined) return undefined
  const [kind, namespace, name] = object.split('/')
  if (kind !== 'application' || namespace === undefined || name === undefined) return `${project}/*`
  return applicationObject(project, { namespace, name })
}

function withoutOrigin({ source: _source, credential: _credential, ...event }: AuditEvent): AuditEvent {
  return event
}

function refused({ subject }: Principal, object: string): AppError {
  return new AppError(
    'FORBIDDEN',
    `Cannot read the audit trail: no policy lets "${subject}" see any project. Ask an administrator for "audit, get, ${object}, allow".`,
  )
}
