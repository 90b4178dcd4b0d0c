import type { Grant } from './principal.js'

/** A rule of one principal, ready to be asked about objects. */
export interface CompiledGrant {
  readonly grant: Grant
  readonly matches: (object: string) => boolean
}

/** A rule of the list that matches, when nothing is found yet or it denies. */
export function stronger(
  rules: readonly CompiledGrant[] | undefined,
  object: string,
  found: CompiledGrant | undefined,
): CompiledGrant | undefined {
  if (rules === undefined) return found
  for (const rule of rules) {
    if (found !== undefined && !denies(rule)) return found
    if (rule.matches(object)) return rule
  }
  return found
}

/** Does the rule refuse what it matches? */
export function denies({ grant }: CompiledGrant): boolean {
  return grant.effect === 'deny'
}
