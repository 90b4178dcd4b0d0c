import { CLUSTER_SERVER, type Fixture } from './gateway-fixture.js'

/** One message of the server. */
export interface Message {
  readonly type: string
  // oxlint-disable-next-line typescript/no-explicit-any -- payloads of any shape, read by tests
  readonly payload: any
}

/** A client of graphql-transport-ws, as small as it can be. */
export async function openSocket(url: string, init: object) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const seen: Message[] = []
  const waiting: (() => void)[] = []
  socket.addEventListener('message', (event) => {
    seen.push(JSON.parse(String(event.data)))
    for (const wake of waiting.splice(0)) wake()
  })
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener('close', ({ code }) => resolve(code)),
  )
  const next = async (type: string): Promise<Message> => {
    for (;;) {
      const found = seen.find((message) => message.type === type)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  socket.send(JSON.stringify({ type: 'connection_init', payload: init }))
  const refused = next('connection_error').then(() => {
    throw new Error('refused')
  })
  await Promise.race([next('connection_ack'), refused])
  refused.catch(() => undefined)
  return {
    seen,
    next,
    closed,
    subscribe: (query: string, variables: object) =>
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } })),
    close: () => socket.close(),
  }
}

/** Declares an application; answers its id. */
export async function declare(
  gateway: Fixture,
  token: string,
  { name, labels = {} }: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
): Promise<string> {
  await gateway.ask(
    'mutation($input: CreateApplicationInput!) { createApplication(input: $input) { userErrors { message } } }',
    {
      token,
      variables: {
        input: {
          name,
          labels,
          spec: {
            project: 'default',
            source: { repoURL: 'https://git.test/x', path: '.' },
            destination: { server: CLUSTER_SERVER, namespace: 'x' },
          },
        },
      },
    },
  )
  return (await gateway.stores.applications.byName('argocd', name))?.id ?? ''
}
