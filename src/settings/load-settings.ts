import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import { z } from 'zod'
import { AppError, reasonOf } from '../base/app-error.js'
import { SECRET_SETTINGS, settingsSchema, type Settings } from './settings.js'
import { isTree, merge, nearest, treeOf, type SettingsTree } from './settings-tree.js'

export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'LOCKSTEP__'
const FILE_SUFFIX = '_FILE'

/**
 * config/default.yaml, then `file`, then variables `LOCKSTEP__SECTION__KEY`. Throws BAD_USER_INPUT that lists every fault at once;
 * never guesses, never starts with a wrong value.
 */
export function loadSettings(env: Environment, file?: string): Settings {
  const faults: string[] = []
  const defaults = merge({}, readYaml(defaultFile(), faults))
  const own = file === undefined ? {} : readYaml(file, faults)
  const tree = merge(merge(defaults, own), readEnvironment(env, faults))
  const checked = settingsSchema.safeParse(tree)
  if (!checked.success) faults.push(...checked.error.issues.flatMap(sentencesOf))
  if (!checked.success || faults.length > 0) {
    throw new AppError('BAD_USER_INPUT', ['The settings are wrong:', ...faults].join('\n  - '))
  }
  return checked.data
}

/** For printing: secrets masked. */
export function redactedSettings(settings: Settings): SettingsTree {
  let tree: SettingsTree = structuredClone(settings)
  for (const path of SECRET_SETTINGS) {
    const keys = path.split('.')
    const value = keys.reduce<unknown>((at, key) => (isTree(at) ? at[key] : undefined), tree)
    if (value !== undefined) tree = merge(tree, treeOf(keys, '[redacted]'))
  }
  return tree
}

function readYaml(file: string, faults: string[]): SettingsTree {
  try {
    const content = load(readFileSync(file, 'utf8')) ?? {}
    if (isTree(content)) return content
    faults.push(`${file}: must hold sections such as "http:", not ${typeof content}`)
  } catch (error) {
    faults.push(`${file}: ${reasonOf(error)}`)
  }
  return {}
}

function readEnvironment(env: Environment, faults: string[]): SettingsTree {
  let tree: SettingsTree = {}
  for (const [variable, text] of Object.entries(env).sort()) {
    if (!variable.startsWith(PREFIX) || text === undefined) continue
    const entry = readVariable(variable, text, faults)
    if (entry !== undefined) tree = merge(tree, entry)
  }
  return tree
}

function readVariable(variable: string, text: string, faults: string[]): SettingsTree | undefined {
  const words = variable.slice(PREFIX.length)
  const path = pathOf(words)
  if (!words.endsWith(FILE_SUFFIX)) return treeOf(path, text)
  const secret = pathOf(words.slice(0, -FILE_SUFFIX.length))
  if (!SECRET_SETTINGS.includes(secret.join('.'))) return treeOf(path, text)
  try {
    return treeOf(secret, readFileSync(text, 'utf8').trim())
  } catch (error) {
    faults.push(`${variable}: ${reasonOf(error)}`)
    return undefined
  }
}

/** `GIT__POLL_SECONDS` and `GIT__POLLSECONDS` are both git.pollSeconds. */
function pathOf(words: string): readonly string[] {
  const path: string[] = []
  for (const word of words.split('__')) {
    const plain = word.replaceAll('_', '').toLowerCase()
    path.push(keysAt(path).find((key) => key.toLowerCase() === plain) ?? plain)
  }
  return path
}

function sentencesOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.map(String)
  if (issue.code !== 'unrecognized_keys') return [`${path.join('.')}: ${issue.message}`]
  return issue.keys.map((key) => {
    const meant = nearest(key, keysAt(path))
    const hint = meant === undefined ? '' : `, did you mean ${[...path, meant].join('.')}?`
    return `${[...path, key].join('.')}: no such setting${hint}`
  })
}

/** The names that the schema knows in a section. */
function keysAt(path: readonly string[]): readonly string[] {
  let schema: unknown = settingsSchema
  for (const key of path) schema = schema instanceof z.ZodObject ? schema.shape[key] : undefined
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** The same for the sources and for the built `dist`. */
function defaultFile(): string {
  const name = 'config/default.yaml'
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, name)) && folder !== dirname(folder)) folder = dirname(folder)
  return join(folder, name)
}
