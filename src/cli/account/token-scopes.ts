import type { Flags } from '../flags.js'

/** The flag of commands that make a token; it can be given several times. */
export const SCOPE = [
  '--scope <scope>',
  'what it may at most, e.g. "applications, sync, shop/*"; repeatable',
] as const

/** What `--scope` says, as an input takes it; without it the token may all that its owner may. */
export function scopesOf(flags: Flags): { readonly scopes?: readonly string[] } {
  const scopes = flags.list('scope')
  return scopes.length === 0 ? {} : { scopes }
}
