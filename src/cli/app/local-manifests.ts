import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { declaredHook } from '../../engine/manifest/declared-hook.js'
import type { Manifest } from '../../engine/manifest/manifest.js'
import { isList, isRecord } from '../../engine/manifest/read-json.js'
import { CliError } from '../cli-error.js'

const MANIFESTS = /\.(ya?ml|json)$/
/** What these make of a folder is not in its files. */
const OTHER_TOOLS = /^(Chart\.yaml|[Kk]ustomization(\.ya?ml)?|.*\.(jsonnet|libsonnet))$/
const SKIPPED = '+argocd:skip-file-rendering'

/** The objects that the files of a folder declare, in the order in which a plain directory is rendered; no hooks. */
export async function readLocalManifests(folder: string, recurse: boolean): Promise<readonly Manifest[]> {
  const files = await filesOf(folder, recurse)
  const other = files.find((file) => OTHER_TOOLS.test(file.split('/').at(-1) ?? ''))
  if (other !== undefined) {
    throw new CliError(`"${folder}" is not a folder of plain manifests`, {
      reason: `it holds ${other}`,
      hint: 'render it first, and give --local the folder with the result',
    })
  }
  const read = files.filter((file) => MANIFESTS.test(file)).map((file) => manifestsOf(folder, file))
  return (await Promise.all(read)).flat().filter((manifest) => declaredHook(manifest) === 'ordinary')
}

/** Paths below the folder, by name; hidden ones are none of it. */
async function filesOf(folder: string, recurse: boolean): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: recurse })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
      .filter((file) => !file.split('/').some((part) => part.startsWith('.')))
      .sort()
  } catch (error) {
    throw new CliError(`cannot read the folder "${folder}"`, { reason: reasonOf(error) })
  }
}

async function manifestsOf(folder: string, file: string): Promise<readonly Manifest[]> {
  const text = await readFile(join(folder, file), 'utf8')
  if (text.includes(SKIPPED)) return []
  const { loadAll } = await import('js-yaml')
  try {
    const documents: readonly unknown[] = loadAll(text)
    return documents.flatMap(itemsOf)
  } catch (error) {
    throw new CliError(`${file} cannot be read`, { reason: reasonOf(error) })
  }
}

/** A list stands for its items; what is no object at all (values of something else) is left out, as the server does. */
function itemsOf(document: unknown): readonly Manifest[] {
  if (!isRecord(document)) return []
  const { kind, items } = document
  if (typeof kind === 'string' && kind.endsWith('List') && isList(items)) return items.flatMap(itemsOf)
  return isManifest(document) ? [document] : []
}

function isManifest(value: Readonly<Record<string, unknown>>): value is Manifest {
  const { apiVersion, kind, metadata } = value
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    isRecord(metadata) &&
    typeof metadata['name'] === 'string'
  )
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
