import type { CommandContext } from '../command-context.js'

const ROTATE = `mutation($input: RotateClusterCredentialInput!) { rotateClusterCredential(input: $input) {
  cluster { name } account former userErrors { code message } } }`

interface Rotated {
  readonly cluster: { readonly name: string }
  readonly account: string
  readonly former: string
}

/** `cluster rotate-auth CLUSTER`: a further token of the same account, and an end to the former one. */
export async function rotateAuth(context: CommandContext): Promise<number> {
  const { args, io } = context
  const client = await context.client()
  const { cluster, account, former } = await client.change<Rotated>('rotateClusterCredential', ROTATE, {
    cluster: args[0],
  })
  io.err(`Cluster '${cluster.name}' has a new token of ServiceAccount '${account}'. ${former}\n`)
  return 0
}
