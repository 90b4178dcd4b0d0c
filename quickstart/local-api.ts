/** What the quickstart asks of the API, as any program would: GraphQL over HTTP with a token. */
export class LocalApi {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  async ask(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(`${this.#url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ query, variables }),
    })
    const body = (await answer.json()) as {
      readonly data?: Readonly<Record<string, unknown>> | null
      readonly errors?: readonly { readonly message: string }[]
    }
    const [error] = body.errors ?? []
    if (error !== undefined || body.data == null) throw new Error(error?.message ?? `HTTP ${answer.status}`)
    return body.data
  }

  /** One mutation; CONFLICT means that it is there already, which is as good. */
  async ensure(name: string, input: Readonly<Record<string, unknown>>): Promise<void> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
    const query = `mutation($input: ${type}) { ${name}(input: $input) { userErrors { code message } } }`
    const { userErrors } = (await this.ask(query, { input }))[name] as {
      readonly userErrors: readonly { readonly code: string; readonly message: string }[]
    }
    const [error] = userErrors.filter(({ code }) => code !== 'CONFLICT')
    if (error !== undefined) throw new Error(error.message)
  }

  /** `Synced Healthy` and the like, with what is worth telling; Unknown while it was not compared since `since` (ms). */
  async statusOf(name: string, since: number): Promise<{ readonly text: string; readonly why: string }> {
    const query =
      'query($name: String!) { application(name: $name) { observedAt sync health { status message } conditions { message } } }'
    const { application } = (await this.ask(query, { name })) as { readonly application: Status | null }
    if (Date.parse(application?.observedAt ?? '') < since || application?.observedAt == null) {
      return { text: 'Unknown', why: 'not compared since the start' }
    }
    const { sync, health, conditions } = application
    const why = [health.message ?? '', ...conditions.map(({ message }) => message)].filter(Boolean)
    return { text: `${words(sync)} ${words(health.status)}`, why: why.join('; ') }
  }
}

interface Status {
  readonly observedAt: string | null
  readonly sync: string
  readonly health: { readonly status: string; readonly message: string | null }
  readonly conditions: readonly { readonly message: string }[]
}

/** OUT_OF_SYNC → OutOfSync. */
function words(text: string): string {
  return text
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('')
}
