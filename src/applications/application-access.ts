import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { applicationObject } from '../engine/access/application-object.js'
import { decide } from '../engine/access/decide.js'
import type { AccessAction, Principal } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { ApplicationStore } from '../store/application-store.js'

/** What people type to name an application. */
export interface ApplicationName {
  readonly namespace: string
  readonly name: string
}

/** Why the principal may not, or undefined. */
export function refuseApplication(
  principal: Principal,
  action: AccessAction,
  application: Application,
): string | undefined {
  return decide(principal, 'applications', action, applicationObject(application.spec.project, application))
}

/**
 * The application, when the principal may do this with it. What they may not even see looks exactly like what does not
 * exist (NOT_FOUND); what they see but may not change is FORBIDDEN with the reason.
 */
export async function openApplication(
  applications: ApplicationStore,
  principal: Principal,
  wish: { readonly name: ApplicationName; readonly action: AccessAction },
): Promise<Application> {
  const found = await applications.byName(wish.name.namespace, wish.name.name)
  const absent = `Application "${wish.name.name}" does not exist in namespace "${wish.name.namespace}".`
  if (found === undefined) throw new AppError('NOT_FOUND', absent)
  if (refuseApplication(principal, 'get', found) !== undefined) throw new NotVisible(absent)
  const reason = refuseApplication(principal, wish.action, found)
  if (reason !== undefined)
    throw new AppError('FORBIDDEN', `Cannot ${wish.action} application "${found.name}": ${reason}`)
  return found
}
