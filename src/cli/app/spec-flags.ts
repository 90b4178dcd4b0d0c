import { CliError } from '../cli-error.js'
import type { Flags } from '../flags.js'
import { toolsWithFlags } from './tool-flags.js'

type Tree = { readonly [key: string]: unknown }

/** A spec with the flags of `app create` and `app set` laid over it. */
export function specWithFlags(before: Tree, flags: Flags): Tree {
  const sources = Array.isArray(before['sources']) ? before['sources'] : undefined
  if (sources !== undefined && sources.length > 1 && hasAny(flags, Object.keys(SOURCE))) {
    throw new CliError('the application has several sources', {
      hint: 'change them in a file: app create --upsert -f FILE',
    })
  }
  const project = flags.text('project')
  return withoutEmpty({
    ...before,
    ...(project !== undefined && { project }),
    source: sourceWithFlags(tree(before['source']), flags),
    destination: destinationWithFlags(tree(before['destination']), flags),
    syncPolicy: syncPolicyWithFlags(tree(before['syncPolicy']), flags),
    ...limitOf(flags),
  })
}

/** Flag → field of the source. */
const SOURCE = {
  repo: 'repoURL',
  path: 'path',
  revision: 'targetRevision',
  helmChart: 'chart',
  ref: 'ref',
} as const

function sourceWithFlags(before: Tree, flags: Flags): Tree {
  const directory = tree(before['directory'])
  const recurse = flags.given('directoryRecurse')
  const include = flags.text('directoryInclude')
  const exclude = flags.text('directoryExclude')
  return {
    ...before,
    ...renamed(flags, SOURCE),
    ...toolsWithFlags(before, flags),
    directory: withoutEmpty({
      ...directory,
      ...(recurse !== undefined && { recurse }),
      ...(include !== undefined && { include }),
      ...(exclude !== undefined && { exclude }),
    }),
  }
}

/** One of server and name: giving one drops the other. */
function destinationWithFlags(before: Tree, flags: Flags): Tree {
  const { server, name, ...rest } = before
  const newServer = flags.text('destServer')
  const newName = flags.text('destName')
  if (newServer !== undefined && newName !== undefined) {
    throw new CliError('give --dest-server or --dest-name, not both')
  }
  const namespace = flags.text('destNamespace')
  const kept = newServer === undefined && newName === undefined ? { server, name } : {}
  return {
    ...rest,
    ...kept,
    ...(newServer !== undefined && { server: newServer }),
    ...(newName !== undefined && { name: newName }),
    ...(namespace !== undefined && { namespace }),
  }
}

function syncPolicyWithFlags(before: Tree, flags: Flags): Tree {
  const options = flags.list('syncOption')
  return {
    ...before,
    automated: automatedWithFlags(before['automated'], flags),
    ...(options.length > 0 && { syncOptions: mergedOptions(before['syncOptions'], options) }),
    retry: retryWithFlags(tree(before['retry']), flags),
  }
}

function automatedWithFlags(before: unknown, flags: Flags): Tree | undefined {
  const policy = flags.text('syncPolicy')
  if (policy === 'none' || policy === 'manual') return undefined
  const wanted = ['automated', 'auto', 'automatic'].includes(policy ?? '')
  if (policy !== undefined && !wanted) {
    throw new CliError(`the sync policy "${policy}" does not exist`, {
      hint: '--sync-policy automated or none',
    })
  }
  const changes = {
    ...present('prune', flags.given('autoPrune')),
    ...present('selfHeal', flags.given('selfHeal')),
    ...present('allowEmpty', flags.given('allowEmpty')),
  }
  if (before === undefined && !wanted) {
    if (Object.keys(changes).length === 0) return undefined
    throw new CliError('--auto-prune, --self-heal and --allow-empty need automated sync', {
      hint: '--sync-policy automated',
    })
  }
  // An empty object is meaningful here: automated sync with nothing else.
  return { ...tree(before), ...changes, [KEEP]: undefined }
}

/** `!Option=x` removes it; a new value replaces the old one of the same name. */
function mergedOptions(before: unknown, options: readonly string[]): readonly string[] {
  const merged = new Map<string, string>()
  for (const option of Array.isArray(before) ? before.map(String) : []) merged.set(nameOf(option), option)
  for (const option of options) {
    if (option.startsWith('!')) merged.delete(nameOf(option.slice(1)))
    else merged.set(nameOf(option), option)
  }
  return [...merged.values()]
}

function nameOf(option: string): string {
  return option.split('=', 1)[0] ?? ''
}

function retryWithFlags(before: Tree, flags: Flags): Tree {
  const limit = flags.number('syncRetryLimit')
  const duration = flags.text('syncRetryBackoffDuration')
  const maxDuration = flags.text('syncRetryBackoffMaxDuration')
  const factor = flags.number('syncRetryBackoffFactor')
  return {
    ...before,
    ...present('limit', limit),
    backoff: withoutEmpty({
      ...tree(before['backoff']),
      ...present('duration', duration),
      ...present('factor', factor),
      ...present('maxDuration', maxDuration),
    }),
  }
}

function limitOf(flags: Flags): Tree {
  return present('revisionHistoryLimit', flags.number('revisionHistoryLimit'))
}

function renamed(flags: Flags, names: Readonly<Record<string, string>>): Tree {
  const found: Record<string, unknown> = {}
  for (const [flag, field] of Object.entries(names)) {
    const value = flags.text(flag)
    if (value !== undefined) found[field] = value
  }
  return found
}

function hasAny(flags: Flags, names: readonly string[]): boolean {
  return names.some((name) => flags.text(name) !== undefined)
}

function present(name: string, value: unknown): Tree {
  return value === undefined ? {} : { [name]: value }
}

function tree(value: unknown): Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
}

/** Marks an object that stays although it is empty. */
const KEEP = Symbol('keep')

/** Without absent fields and without objects in which nothing is left. */
function withoutEmpty(value: Tree): Tree {
  const kept: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue
    // Values of charts are other people's words: nothing is empty in them.
    const cleaned = isTree(inner) && key !== 'valuesObject' ? withoutEmpty(inner) : inner
    if (isTree(cleaned) && Object.keys(cleaned).length === 0 && !(KEEP in Object(inner))) continue
    kept[key] = cleaned
  }
  return kept
}

function isTree(value: unknown): value is Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
