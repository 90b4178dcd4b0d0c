import { request } from 'undici'

const ANSWER_MS = 30_000

/** Asks the product's API; every failure is an error with the product's own words. */
export class GraphqlClient {
  readonly url: string
  private token: string | undefined

  constructor(url: string) {
    this.url = url
  }

  useToken(token: string): void {
    this.token = token
  }

  /** The same session at another address. */
  at(url: string): GraphqlClient {
    const moved = new GraphqlClient(url)
    moved.token = this.token
    return moved
  }

  get headers(): Readonly<Record<string, string>> {
    return {
      'content-type': 'application/json',
      ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
    }
  }

  async ask(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const answer = await request(`${this.url}/graphql`, {
      method: 'POST',
      headers: this.headers,
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
      body: JSON.stringify({ query, variables }),
    })
    const body = (await answer.body.json()) as { readonly data?: Answer; readonly errors?: unknown }
    if (body.errors !== undefined || body.data == null) {
      throw new Error(`The API answered ${answer.statusCode} to ${query}: ${JSON.stringify(body)}`)
    }
    return body.data
  }

  /** One mutation with one `input`; its `userErrors` are errors here. Answers the payload. */
  async change(name: string, input: Readonly<Record<string, unknown>>, fields = ''): Promise<Answer> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
    const query = `mutation($input: ${type}) { ${name}(input: $input) { ${fields} userErrors { message } } }`
    const payload = (await this.ask(query, { input }))[name] as Answer
    const errors = payload['userErrors'] as readonly { readonly message: string }[]
    if (errors.length > 0) throw new Error(`${name}: ${errors.map((error) => error.message).join('; ')}`)
    return payload
  }
}

export type Answer = Readonly<Record<string, unknown>>
