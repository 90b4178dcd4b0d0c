import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CliError } from '../cli-error.js'

type Tree = Readonly<Record<string, unknown>>

export interface MinimalKubeconfig {
  /** A kubeconfig with one context, files inlined. */
  readonly text: string
  readonly contextName: string
  readonly server: string
}

/**
 * One context of a kubeconfig, with the files it names put inside, so that it works elsewhere. The other contexts and
 * their credentials stay at home.
 */
export async function minimalKubeconfig(
  path: string,
  wanted: string | undefined,
): Promise<MinimalKubeconfig> {
  const config = await readTree(path)
  const contextName = wanted ?? text(config['current-context'])
  const context = named(config, 'contexts', contextName)
  const inner = tree(context?.['context'])
  if (context === undefined) throw noContext(path, contextName, names(config, 'contexts'))
  const cluster = named(config, 'clusters', text(inner['cluster']))
  const user = named(config, 'users', text(inner['user']))
  if (cluster === undefined) throw new CliError(`${path} has no cluster "${text(inner['cluster'])}"`)
  const base = dirname(resolve(path))
  const minimal = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    contexts: [context],
    clusters: [{ ...cluster, cluster: await inlined(tree(cluster['cluster']), base) }],
    users: user === undefined ? [] : [{ ...user, user: await inlined(tree(user['user']), base) }],
  }
  return { text: JSON.stringify(minimal), contextName, server: text(tree(cluster['cluster'])['server']) }
}

function noContext(path: string, wanted: string, known: readonly string[]): CliError {
  if (known.length === 0) {
    return new CliError(`the kubeconfig ${path} has no contexts, so it names no cluster`, {
      hint: 'is it the right file? Name another one with --kubeconfig FILE, or in KUBECONFIG',
    })
  }
  const hint = `name one of its contexts: ${known.join(', ')}`
  if (wanted === '') return new CliError(`the kubeconfig ${path} has no current context`, { hint })
  return new CliError(`the kubeconfig ${path} has no context "${wanted}"`, { hint })
}

/** Fields that name a file → the field that holds its content. */
const FILES: Readonly<Record<string, { readonly field: string; readonly encoding: 'base64' | 'utf8' }>> = {
  'certificate-authority': { field: 'certificate-authority-data', encoding: 'base64' },
  'client-certificate': { field: 'client-certificate-data', encoding: 'base64' },
  'client-key': { field: 'client-key-data', encoding: 'base64' },
  tokenFile: { field: 'token', encoding: 'utf8' },
}

async function inlined(fields: Tree, base: string): Promise<Tree> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    const file = FILES[name]
    if (file === undefined || typeof value !== 'string') {
      result[name] ??= value
      continue
    }
    const content = await readFile(resolve(base, value)).catch((error: unknown) => {
      throw new CliError(`cannot read ${value}, which the kubeconfig names`, {
        reason: error instanceof Error ? error.message : String(error),
      })
    })
    result[file.field] = content.toString(file.encoding).trim()
  }
  return result
}

async function readTree(path: string): Promise<Tree> {
  const { load } = await import('js-yaml')
  try {
    return tree(load(await readFile(path, 'utf8')))
  } catch (error) {
    throw new CliError(`cannot read the kubeconfig ${path}`, {
      reason: error instanceof Error ? error.message : String(error),
      hint: '--kubeconfig FILE',
    })
  }
}

function named(config: Tree, list: string, name: string): Tree | undefined {
  return entries(config, list).find((entry) => entry['name'] === name)
}

function names(config: Tree, list: string): readonly string[] {
  return entries(config, list).map((entry) => text(entry['name']))
}

function entries(config: Tree, list: string): readonly Tree[] {
  const value = config[list]
  return Array.isArray(value) ? value.map(tree) : []
}

function tree(value: unknown): Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
