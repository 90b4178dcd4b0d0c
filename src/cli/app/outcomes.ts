import type { CommandContext } from '../command-context.js'
import type { AppName } from './app-view.js'

/** What came of one application of a request for many. */
export interface OutcomeView extends AppName {
  readonly operation?: { readonly id: string } | null
  readonly userError?: { readonly message: string } | null
}

/** Says one line for each; answers the reasons of those that were refused. */
export function faultsOf(
  { io }: CommandContext,
  outcomes: readonly OutcomeView[],
  done: string,
): readonly string[] {
  for (const { name, userError } of outcomes)
    io.err(userError ? `${userError.message}\n` : `application '${name}' ${done}\n`)
  return outcomes.flatMap(({ userError }) => userError?.message ?? [])
}
