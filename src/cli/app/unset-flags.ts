import { CliError } from '../cli-error.js'
import type { Flags } from '../flags.js'
import { imageName } from './tool-flags.js'

type Tree = { readonly [key: string]: unknown }

/** Flag → field of a block that goes as a whole. */
const FIELDS = [
  ['nameprefix', 'kustomize', 'namePrefix'],
  ['namesuffix', 'kustomize', 'nameSuffix'],
  ['kustomizeNamespace', 'kustomize', 'namespace'],
  ['kustomizeVersion', 'kustomize', 'version'],
  ['valuesLiteral', 'helm', 'values'],
  ['ignoreMissingValueFiles', 'helm', 'ignoreMissingValueFiles'],
  ['passCredentials', 'helm', 'passCredentials'],
] as const

/** Flag → list of a block from which items go, and what an item is called. */
const ITEMS = [
  ['kustomizeImage', 'kustomize', 'images', (item: unknown) => imageName(String(item))],
  ['values', 'helm', 'valueFiles', String],
  ['parameter', 'helm', 'parameters', nameOf],
  ['pluginEnv', 'plugin', 'env', nameOf],
] as const

/** A spec without what the flags of `app unset` name. */
export function specWithout(spec: Tree, flags: Flags): Tree {
  const position = flags.number('sourcePosition')
  const sources: unknown = spec['sources']
  if (Array.isArray(sources) && sources.length > 0) {
    const at = (position ?? (sources.length === 1 ? 1 : 0)) - 1
    if (sources[at] === undefined)
      throw new CliError('say which source', { hint: '--source-position N, from 1' })
    return { ...spec, sources: sources.map((one, index) => (index === at ? without(tree(one), flags) : one)) }
  }
  return { ...spec, source: without(tree(spec['source']), flags) }
}

function without(source: Tree, flags: Flags): Tree {
  let changed = source
  for (const [flag, block, field] of FIELDS) {
    if (flags.isOn(flag)) changed = withFields(changed, block, { [field]: undefined })
  }
  for (const [flag, block, field, name] of ITEMS) {
    const names = new Set(flags.list(flag))
    const items: unknown = tree(changed[block])[field]
    if (names.size === 0 || !Array.isArray(items)) continue
    const kept = items.filter((item) => !names.has(name(item)))
    changed = withFields(changed, block, { [field]: kept.length > 0 ? kept : undefined })
  }
  return flags.isOn('ref') ? { ...changed, ref: undefined } : changed
}

/** A block in which nothing is left goes, too. */
function withFields(source: Tree, block: string, fields: Tree): Tree {
  const next = Object.entries({ ...tree(source[block]), ...fields }).filter(([, one]) => one !== undefined)
  return { ...source, [block]: next.length > 0 ? Object.fromEntries(next) : undefined }
}

function nameOf(item: unknown): string {
  return String(tree(item)['name'])
}

function tree(value: unknown): Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
}
