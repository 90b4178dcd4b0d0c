import { CliError } from '../cli-error.js'
import type { Flags } from '../flags.js'

type Tree = { readonly [key: string]: unknown }

/** The blocks of a source that say which tool renders it, with the flags laid over them. */
export function toolsWithFlags(before: Tree, flags: Flags): Tree {
  const helm = helmWithFlags(tree(before['helm']), flags)
  const kustomize = kustomizeWithFlags(tree(before['kustomize']), flags)
  const plugin = pluginWithFlags(tree(before['plugin']), flags)
  return { helm, kustomize, plugin }
}

function helmWithFlags(before: Tree, flags: Flags): Tree {
  const values = flags.list('values')
  const parameters = [
    ...flags.list('helmSet').map((text) => parameter(text, false)),
    ...flags.list('helmSetString').map((text) => parameter(text, true)),
  ]
  const releaseName = flags.text('releaseName')
  return {
    ...before,
    ...(values.length > 0 && { valueFiles: values }),
    ...(parameters.length > 0 && { parameters: merged(before['parameters'], parameters) }),
    ...(releaseName !== undefined && { releaseName }),
  }
}

function kustomizeWithFlags(before: Tree, flags: Flags): Tree {
  const images = flags.list('kustomizeImage')
  const namePrefix = flags.text('nameprefix')
  const nameSuffix = flags.text('namesuffix')
  return {
    ...before,
    ...(images.length > 0 && { images: mergedImages(before['images'], images) }),
    ...(namePrefix !== undefined && { namePrefix }),
    ...(nameSuffix !== undefined && { nameSuffix }),
  }
}

function pluginWithFlags(before: Tree, flags: Flags): Tree {
  const name = flags.text('configManagementPlugin')
  const env = flags.list('pluginEnv').map((text) => {
    const [key, value] = pairOf(text)
    return { name: key, value }
  })
  return {
    ...before,
    ...(name !== undefined && { name }),
    ...(env.length > 0 && { env: merged(before['env'], env) }),
  }
}

function parameter(text: string, forceString: boolean): Tree {
  const [name, value] = pairOf(text)
  return { name, value, ...(forceString && { forceString }) }
}

function pairOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new CliError(`"${text}" is not NAME=VALUE`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}

/** By name; the new one wins. */
function merged(before: unknown, changes: readonly Tree[]): readonly Tree[] {
  const kept = (Array.isArray(before) ? before : []).map(tree)
  return [...new Map([...kept, ...changes].map((one) => [one['name'], one])).values()]
}

/** By the name of the image, which is what stands before `=`, `:` or `@`. */
function mergedImages(before: unknown, changes: readonly string[]): readonly string[] {
  const kept = Array.isArray(before) ? before.map(String) : []
  return [...new Map([...kept, ...changes].map((image) => [imageName(image), image])).values()]
}

/** What an image of `kustomize.images` replaces. */
export function imageName(image: string): string {
  if (image.includes('=')) return image.slice(0, image.indexOf('='))
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
}

function tree(value: unknown): Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
}
