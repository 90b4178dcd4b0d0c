import { isRecord } from '../../engine/manifest/read-json.js'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { lineDiff } from '../output/line-diff.js'
import { parseAppName, type AppName } from './app-view.js'
import { localDiffs, revisionDiffs } from './declared-elsewhere.js'
import { refreshAndRead } from './refresh-app.js'

interface DiffView {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly live?: unknown
  readonly target?: unknown
}

/** Errors of `app diff` must not look like "there are differences". */
const EXIT_DIFF_ERROR = 2

/** `app diff NAME`: prints what differs; exit code 1 (or `--diff-exit-code`) when something does. */
export async function diffApp(context: CommandContext): Promise<number> {
  try {
    return await compare(context)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw new CliError(error.message, {
      exitCode: EXIT_DIFF_ERROR,
      ...(error.reason !== undefined && { reason: error.reason }),
      ...(error.hint !== undefined && { hint: error.hint }),
    })
  }
}

async function compare(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const name = parseAppName(context.args[0] ?? '', flags.text('appNamespace'))
  const hard = flags.isOn('hardRefresh')
  if (hard || flags.isOn('refresh')) await refreshAndRead(context, name, hard)
  const diffs = await wantedDiffs(context, name)
  for (const diff of diffs) io.out(await diffText(diff))
  if (diffs.length === 0 || flags.given('exitCode') === false) return 0
  return flags.number('diffExitCode') ?? 1
}

function wantedDiffs(context: CommandContext, name: AppName): Promise<readonly DiffView[]> {
  const { flags } = context
  const [folder, revision] = [flags.text('local'), flags.text('revision')]
  if (folder !== undefined && revision !== undefined)
    throw new CliError('--local and --revision exclude each other')
  if (folder !== undefined) return localDiffs(context, name, folder)
  return revision === undefined ? readDiffs(context, name) : revisionDiffs(context, name, revision)
}

/** What differs now, asked from the cluster. */
export async function readDiffs(context: CommandContext, name: AppName): Promise<readonly DiffView[]> {
  const client = await context.client()
  const answer = await client.ask<{ readonly application: { readonly diff: readonly DiffView[] } }>(
    `query($name: String!, $namespace: String) { application(name: $name, namespace: $namespace) {
      diff { group kind namespace name live target } } }`,
    { ...name },
  )
  return answer.application.diff
}

/** One object as its lines differ. */
export async function diffText(diff: DiffView): Promise<string> {
  const { dump } = await import('js-yaml')
  const yaml = (value: unknown): string =>
    value == null ? '' : dump(withoutServerFields(value), { sortKeys: true, lineWidth: -1 })
  const where = diff.namespace === '' ? diff.name : `${diff.namespace}/${diff.name}`
  return `===== ${diff.group}/${diff.kind} ${where} ======\n${lineDiff(yaml(diff.live), yaml(diff.target))}`
}

/** What the server alone writes says nothing about a declaration. */
const OF_SERVER = new Set(['managedFields', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'])

function withoutServerFields(object: unknown): unknown {
  if (!isRecord(object)) return object
  const { status: _status, ...rest } = object
  const { metadata } = rest
  if (!isRecord(metadata)) return rest
  return {
    ...rest,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => !OF_SERVER.has(name))),
  }
}
