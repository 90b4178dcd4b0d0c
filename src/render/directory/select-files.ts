import { AppError, reasonOf } from '../../base/app-error.js'
import type { DirectorySource } from '../../engine/application/application.js'
import { compileGlob } from '../../engine/pattern/gobwas-glob.js'
import type { SourceFile } from '../source-files.js'

const MANIFEST = /\.(yaml|yml|json|jsonnet)$/

/** Which of the files below `folder` are manifests, in path order. */
export function selectFiles(
  files: readonly SourceFile[],
  folder: string,
  options: DirectorySource,
): readonly SourceFile[] {
  const excluded = compiled('exclude', options.exclude) ?? (() => false)
  const included = compiled('include', options.include) ?? (() => true)
  const prefix = folder === '' ? 0 : folder.length + 1
  const isManifest = (path: string): boolean =>
    (options.disableExtensionFilter === true || MANIFEST.test(path)) && !isInHiddenFolder(path)
  // Globs match the path below the folder; `exclude` is asked first (contract 1.1).
  const isWanted = (path: string): boolean => !excluded(path) && included(path)
  return files
    .filter(({ kind }) => kind === 'file' || kind === 'link')
    .filter(({ path }) => isManifest(path.slice(prefix)) && isWanted(path.slice(prefix)))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function isInHiddenFolder(path: string): boolean {
  return path
    .split('/')
    .slice(0, -1)
    .some((part) => part.startsWith('.'))
}

function compiled(
  field: 'include' | 'exclude',
  glob: string | undefined,
): ((path: string) => boolean) | undefined {
  if (glob === undefined || glob === '') return undefined
  try {
    return compileGlob(glob)
  } catch (error) {
    throw new AppError('BAD_USER_INPUT', `source.directory.${field} "${glob}" is no glob: ${reasonOf(error)}`)
  }
}
