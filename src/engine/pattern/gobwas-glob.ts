import { parseGlob, type GlobNode } from './parse-glob.js'

/** Steps of the matching machine; a set of them is simulated at once, so time is pattern × text, never more. */
type Instruction =
  | { readonly kind: 'character'; readonly accepts: (character: string) => boolean }
  | { readonly kind: 'fork'; readonly targets: readonly number[] }
  | { readonly kind: 'end' }

type MutableInstruction = Instruction | { kind: 'fork'; targets: number[] }

/**
 * Compiles a glob with the semantics of gobwas (contract 3.3, 1.10, 1.11). Without `separator`, `*` and `?` match
 * every character, also `/`; with one, only `**` crosses it. A pattern that cannot be read matches nothing: check it
 * with `globProblem` first. Time is linear in the text.
 */
export function compileGlob(pattern: string, separator = ''): (text: string) => boolean {
  const nodes = parseGlob(pattern)
  if (typeof nodes === 'string') return () => false
  return partsMatcher(nodes, separator) ?? machineMatcher(compile(nodes, separator))
}

/** What is wrong with a glob, as half a sentence; undefined when it can be used. */
export function globProblem(pattern: string): string | undefined {
  const nodes = parseGlob(pattern)
  return typeof nodes === 'string' ? nodes : undefined
}

/** Patterns of text and of stars that cross everything need no machine: the first place for each part is as good as any. */
function partsMatcher(
  nodes: readonly GlobNode[],
  separator: string,
): ((text: string) => boolean) | undefined {
  const parts = partsOf(nodes, separator)
  if (parts === undefined) return undefined
  const [first = '', ...others] = parts
  const last = others.pop()
  if (last === undefined) return (text) => text === first
  return (text) => {
    const end = text.length - last.length
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const part of others) {
      const found = text.indexOf(part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
}

/** The texts between the stars; undefined when there is anything else. */
function partsOf(nodes: readonly GlobNode[], separator: string): readonly string[] | undefined {
  const parts: string[] = []
  let part = ''
  for (const node of nodes) {
    if (node.kind === 'text') part += node.text
    else if (node.kind === 'star' && (separator === '' || node.crossesSeparators)) {
      parts.push(part)
      part = ''
    } else return undefined
  }
  return [...parts, part]
}

function compile(nodes: readonly GlobNode[], separator: string): readonly Instruction[] {
  const code: MutableInstruction[] = []
  emitAll(code, nodes, separator)
  code.push({ kind: 'end' })
  return code
}

function emitAll(code: MutableInstruction[], nodes: readonly GlobNode[], separator: string): void {
  for (const node of nodes) emit(code, node, separator)
}

function emit(code: MutableInstruction[], node: GlobNode, separator: string): void {
  const free = (character: string): boolean => separator === '' || character !== separator
  switch (node.kind) {
    case 'text':
      for (const expected of node.text)
        code.push({ kind: 'character', accepts: (found) => found === expected })
      return
    case 'any':
      code.push({ kind: 'character', accepts: free })
      return
    case 'set':
      code.push({ kind: 'character', accepts: (found) => node.contains(found) !== node.negated })
      return
    case 'star': {
      const start = code.length
      code.push({ kind: 'fork', targets: [start + 1, start + 3] })
      code.push({ kind: 'character', accepts: node.crossesSeparators ? () => true : free })
      code.push({ kind: 'fork', targets: [start] })
      return
    }
    case 'alternatives':
      emitAlternatives(code, node.branches, separator)
  }
}

function emitAlternatives(
  code: MutableInstruction[],
  branches: readonly (readonly GlobNode[])[],
  separator: string,
): void {
  const starts: number[] = []
  const exits: number[][] = []
  code.push({ kind: 'fork', targets: starts })
  for (const branch of branches) {
    starts.push(code.length)
    emitAll(code, branch, separator)
    const exit: number[] = []
    exits.push(exit)
    code.push({ kind: 'fork', targets: exit })
  }
  for (const exit of exits) exit.push(code.length)
}

function machineMatcher(code: readonly Instruction[]): (text: string) => boolean {
  return (text) => {
    let active = reach(code, [0])
    for (const character of text) {
      const next: number[] = []
      for (const at of active) {
        const instruction = code[at]
        if (instruction?.kind === 'character' && instruction.accepts(character)) next.push(at + 1)
      }
      if (next.length === 0) return false
      active = reach(code, next)
    }
    return active.has(code.length - 1)
  }
}

/** All instructions that are reached without reading a character. */
function reach(code: readonly Instruction[], from: readonly number[]): ReadonlySet<number> {
  const reached = new Set<number>()
  const open = [...from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue
    reached.add(at)
    const instruction = code[at]
    if (instruction?.kind === 'fork') open.push(...instruction.targets)
  }
  return reached
}
