import type { TreeEntry } from '../git-source.js'

/** One line of a tree object; `name` has no slash. */
export interface TreeLine {
  readonly name: string
  readonly mode: string
  readonly type: TreeEntry['type']
  readonly oid: string
}

export type Tree = ReadonlyMap<string, TreeLine>

const SPACE = 32

/**
 * The lines of a raw tree object: `<mode> <name>\0<binary oid>`, repeated. The width of an oid follows from the oid of
 * the tree itself (SHA-1 or SHA-256). Names that Git itself never writes (with `/`, `.`, `..`, empty) throw.
 */
export function parseTree(content: Buffer, treeOid: string): Tree {
  const width = treeOid.length / 2
  const lines = new Map<string, TreeLine>()
  let at = 0
  while (at < content.length) {
    const space = content.indexOf(SPACE, at)
    const end = content.indexOf(0, space)
    if (space < 0 || end < 0 || end + 1 + width > content.length) throw new Error('malformed tree object')
    const mode = content.toString('latin1', at, space)
    const name = content.toString('utf8', space + 1, end)
    if (name === '' || name === '.' || name === '..' || name.includes('/'))
      throw new Error('unsafe name in tree object')
    const oid = content.toString('hex', end + 1, end + 1 + width)
    lines.set(name, { name, mode: mode.padStart(6, '0'), type: typeOf(mode), oid })
    at = end + 1 + width
  }
  return lines
}

function typeOf(mode: string): TreeEntry['type'] {
  if (mode === '40000' || mode === '040000') return 'tree'
  return mode === '160000' ? 'commit' : 'blob'
}

/** The parts of a `/`-separated path; `''` and `.` are the root. Undefined when it leaves the repository. */
export function pathParts(path: string): readonly string[] | undefined {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else parts.push(part)
  }
  return parts
}
