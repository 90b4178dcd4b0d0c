import type { DocumentNode } from 'graphql'

const MOST_DOCUMENTS = 100
/** Characters; a parsed document takes some eighty times its text. */
const MOST_TEXT = 4_096

/**
 * Keeps equal documents of subscriptions once: each one is parsed anew and held as long as somebody listens, and many listen
 * to the same.
 */
export class EqualDocuments {
  readonly #known = new Map<string, DocumentNode>()

  /**
   * Gives a document that was checked the parts of an equal one, and lets go of its own. In place: Mercurius holds its
   * definitions, too.
   */
  keepOnce(document: DocumentNode): void {
    const text = document.loc?.source.body
    if (text === undefined || text.length > MOST_TEXT) return
    const known = this.#known.get(text)
    if (known === undefined) return this.#remember(text, document)
    for (const [at, definition] of document.definitions.entries())
      Object.assign(definition, known.definitions[at])
    Object.assign(document, { loc: known.loc })
  }

  #remember(text: string, document: DocumentNode): void {
    if (this.#known.size >= MOST_DOCUMENTS) this.#known.clear()
    this.#known.set(text, document)
  }
}
