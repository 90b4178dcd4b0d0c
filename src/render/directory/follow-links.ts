import { AppError } from '../../base/app-error.js'
import type { RenderInput } from '../renderer.js'
import type { SourceFile, SourceFiles } from '../source-files.js'

const MAX_HOPS = 8

/** A file with the bytes to read for it; `inputs` are the paths outside the folder that decided which. */
export interface FollowedFile {
  readonly path: string
  readonly oid: string
  readonly inputs: readonly string[]
}

/**
 * Follows symbolic links inside the repository. A link that leaves it is an error (contract 1.1), also when a later
 * part of it would come back; a link to nothing or to a folder is no manifest and is left out.
 */
export async function followLinks(
  files: SourceFiles,
  input: RenderInput,
  selected: readonly SourceFile[],
): Promise<readonly FollowedFile[]> {
  const followed: FollowedFile[] = []
  for (const file of selected) {
    const end = file.kind === 'link' ? await follow(files, input, file) : { ...file, inputs: [] }
    if (end !== undefined) followed.push({ ...end, path: file.path })
  }
  return followed
}

async function follow(
  files: SourceFiles,
  input: RenderInput,
  link: SourceFile,
): Promise<Omit<FollowedFile, 'path'> | undefined> {
  const inputs: string[] = []
  let current: SourceFile | undefined = link
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (current?.kind !== 'link') {
      return current?.kind === 'file' ? { oid: current.oid, inputs } : undefined
    }
    const bytes = await files.read(input.repositoryId, [current.oid])
    const target = targetOf(current.path, Buffer.from(bytes.get(current.oid) ?? []).toString('utf8'))
    if (target === undefined) throw linkError(link.path, 'it leads out of the repository')
    inputs.push(target)
    current = await fileAt(files, input, target)
  }
  throw linkError(link.path, 'it leads in a circle')
}

/** Undefined when the target leaves the repository. */
function targetOf(link: string, target: string): string | undefined {
  if (target.startsWith('/') || target.includes('\\') || target.includes('\0')) return undefined
  const parts = link.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

async function fileAt(files: SourceFiles, input: RenderInput, path: string): Promise<SourceFile | undefined> {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  try {
    const siblings = await files.list({ ...input, path: folder }, false)
    return siblings.find((file) => file.path === path)
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

function linkError(path: string, why: string): AppError {
  return new AppError('BAD_USER_INPUT', `${path}:1: the symbolic link is refused: ${why}`)
}
