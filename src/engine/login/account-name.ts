const MAX_LENGTH = 32
/** Words that mean somebody else in policies and in the audit trail. */
const TAKEN: readonly string[] = ['system', 'anonymous', 'role', 'proj']

/**
 * Why an account may not have this name, or undefined. At most 32 characters (contract 1.12) of those that Argo CD keeps in
 * a key of its ConfigMap; no colon, so that nobody is named like a role (`role:admin`, `proj:demo:ci`).
 */
export function accountNameProblem(name: string): string | undefined {
  if (name.length === 0 || name.length > MAX_LENGTH) return `a name has 1 to ${MAX_LENGTH} characters`
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    return 'a name begins with a letter or digit and goes on with letters, digits, ".", "_" or "-"'
  }
  if (TAKEN.includes(name.toLowerCase())) return `the name "${name}" is taken by the system`
  return undefined
}
