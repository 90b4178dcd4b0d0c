import { compareTimes } from '../manifest/compare-times.js'

/** Says since when a person agrees to the deletions that wait: a time of RFC 3339 (contract 1.4, Confirm gate). */
export const DELETION_APPROVED = 'argocd.argoproj.io/deletion-approved'

/**
 * Was it agreed to after `since`? Both are RFC 3339 in UTC ("Z"); another offset does not count. An older agreement was
 * about something else.
 */
export function isDeletionApproved(
  annotations: Readonly<Record<string, string>> | undefined,
  since: string,
): boolean {
  const approved = annotations?.[DELETION_APPROVED] ?? ''
  return approved.endsWith('Z') && compareTimes(approved, since) > 0
}

const NAMED = 5

/** What is waited for, and what to do, for people. */
export function confirmationWish(application: string, objects: readonly string[]): string {
  const more = objects.length > NAMED ? ` and ${objects.length - NAMED} more` : ''
  return (
    `waiting for a confirmation to delete ${objects.slice(0, NAMED).join(', ')}${more}: their options ask for it. ` +
    `Confirm with "lockstep app confirm-deletion ${application}", or terminate the operation.`
  )
}
