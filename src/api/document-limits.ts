import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'

export const MAX_DEPTH = 10
export const MAX_TOKENS = 5_000
export const MAX_DOCUMENT_LENGTH = 100 * 1024

/**
 * One operation per document. Mercurius keeps compiled queries by document text alone: with two operations it could run
 * the wrong one.
 */
export function oneOperation(context: ValidationContext): ASTVisitor {
  return {
    Document(node: DocumentNode) {
      const operations = node.definitions.filter(
        (definition) => definition.kind === Kind.OPERATION_DEFINITION,
      )
      if (operations.length > 1) {
        context.reportError(tooComplex('A document may hold one operation only. Send them one by one.'))
      }
    },
  }
}

/** Fields inside fields, fragments counted where they are used. */
export function depthLimit(context: ValidationContext): ASTVisitor {
  return {
    Document(node: DocumentNode) {
      for (const definition of node.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue
        const depth = new DepthMeter(node).of(definition.selectionSet)
        if (depth > MAX_DEPTH) {
          context.reportError(
            tooComplex(`The document is deeper than ${MAX_DEPTH} levels. Ask in several requests.`),
          )
        }
      }
    },
  }
}

/** Each fragment is measured once, so fragments of fragments cost no more than their text. */
class DepthMeter {
  private readonly fragments = new Map<string, FragmentDefinitionNode>()
  private readonly known = new Map<string, number>()

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition)
    }
  }

  of(set: SelectionSetNode | undefined): number {
    let deepest = 0
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) deepest = Math.max(deepest, 1 + this.of(selection.selectionSet))
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        deepest = Math.max(deepest, this.of(selection.selectionSet))
      else deepest = Math.max(deepest, this.ofFragment(selection.name.value))
    }
    return deepest
  }

  private ofFragment(name: string): number {
    const known = this.known.get(name)
    if (known !== undefined) return known
    // A cycle is another rule's fault; it must only not hang this one.
    this.known.set(name, 0)
    const depth = this.of(this.fragments.get(name)?.selectionSet)
    this.known.set(name, depth)
    return depth
  }
}

export function tooComplex(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } })
}
