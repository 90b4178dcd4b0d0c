import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GraphqlClient } from './graphql-client.js'

const QUERY = 'mutation($input: X!) { syncApplication(input: $input) { operation { id } } }'
const client = new GraphqlClient({ url: 'http://server', allowInsecureTls: false }, [1, 1, 1])
const sent: string[] = []

beforeEach(() => {
  sent.length = 0
})
afterEach(() => {
  vi.unstubAllGlobals()
})

/** A server that breaks the first connections, before or after it read the request. */
function breakFirst(count: number): void {
  vi.stubGlobal('fetch', async (_url: string, { body }: { readonly body: string }) => {
    sent.push(body)
    if (sent.length > count) return Response.json({ data: { syncApplication: { operation: { id: 'o' } } } })
    if (sent.length % 2 === 1) throw new TypeError('fetch failed')
    const cut = new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) })
    return new Response(cut)
  })
}

describe('GraphqlClient.change()', () => {
  it('asks again with the same key when the answer got lost', async () => {
    breakFirst(2)
    const asked = client.change('syncApplication', QUERY, { name: 'shop', idempotencyKey: 'k' })
    expect(await asked).toEqual({ operation: { id: 'o' } })
    expect(sent).toHaveLength(3)
    expect(new Set(sent).size).toBe(1)
  })

  it('asks once without a key: it might be done twice', async () => {
    breakFirst(1)
    await expect(client.change('syncApplication', QUERY, { name: 'shop' })).rejects.toThrow('cannot reach')
    expect(sent).toHaveLength(1)
  })

  it('gives up after a few tries and says why', async () => {
    breakFirst(100)
    const asked = client.change('syncApplication', QUERY, { idempotencyKey: 'k' })
    await expect(asked).rejects.toThrow('cannot reach http://server')
    expect(sent).toHaveLength(4)
  })
})
