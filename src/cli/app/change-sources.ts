import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { parseAppName, type SpecView } from './app-view.js'
import { changeSpec } from './set-app.js'
import { specWithFlags } from './spec-flags.js'

type Source = Readonly<Record<string, unknown>>

/** `app add-source NAME --repo …`: one more source; a single one becomes the first of several. */
export async function addSource(context: CommandContext): Promise<number> {
  context.flags.required('repo')
  return changed(context, (sources) => {
    const { source } = specWithFlags({ destination: {} }, context.flags)
    return [...sources, source as Source]
  })
}

/** `app remove-source NAME --source-position N` (from 1) or `--source-name NAME`. */
export async function removeSource(context: CommandContext): Promise<number> {
  const position = context.flags.number('sourcePosition')
  const name = context.flags.text('sourceName')
  if ((position === undefined) === (name === undefined))
    throw new CliError('say which source', { hint: '--source-position N (from 1) or --source-name NAME' })
  return changed(context, (sources) => {
    const kept = sources.filter((source, at) =>
      name === undefined ? at !== (position ?? 0) - 1 : source['name'] !== name,
    )
    if (kept.length === sources.length) throw new CliError('the application has no such source')
    if (kept.length === 0)
      throw new CliError('the last source cannot be removed', { hint: 'app set changes it' })
    return kept
  })
}

function changed(
  context: CommandContext,
  change: (sources: readonly Source[]) => readonly Source[],
): Promise<number> {
  const name = parseAppName(context.args[0] ?? '', context.flags.text('appNamespace'))
  return changeSpec(context, name, ({ source, sources, ...spec }: SpecView) => {
    const before =
      Array.isArray(sources) && sources.length > 0 ? sources : source === undefined ? [] : [source]
    return { ...spec, sources: change(before as readonly Source[]) }
  })
}
