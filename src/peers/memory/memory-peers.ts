import { PeerCaller, PeerGone, type PeerAnswers, type PeerCall, type PeerValue } from '../peer-caller.js'

/** Peers within one process: for tests, and as the measure of what HTTP has to do. */
export class MemoryPeers extends PeerCaller {
  readonly #peers = new Map<string, PeerAnswers>()

  /** Returns the function that ends it. */
  serve(address: string, answers: PeerAnswers): () => void {
    this.#peers.set(address, answers)
    return () => this.#peers.delete(address)
  }

  override async *call(
    address: string,
    { method, body }: PeerCall,
    signal?: AbortSignal,
  ): AsyncIterable<PeerValue> {
    const answer = this.#peers.get(address)?.[method]
    if (answer === undefined) throw new PeerGone(`Nobody answers "${method}" at ${address}.`)
    const left = new AbortController()
    signal?.addEventListener('abort', () => left.abort(), { once: true })
    try {
      for await (const value of answer(structuredClone(body), left.signal)) yield structuredClone(value)
    } finally {
      left.abort()
    }
  }

  override async close(): Promise<void> {
    this.#peers.clear()
  }
}
