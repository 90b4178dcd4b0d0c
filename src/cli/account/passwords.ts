import type { CommandContext } from '../command-context.js'
import { configPath, keepToken } from '../config-file.js'
import { askNewPassword, askPassword } from '../login/ask-password.js'

const UPDATE = `mutation($input: UpdatePasswordInput!) { updatePassword(input: $input) {
  username token userErrors { code message } } }`

/** `account update-password`: the new session of one's own account takes the place of the one that ended. */
export async function updatePassword(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const client = await context.client()
  const account = flags.text('account') ?? null
  const currentPassword = await askPassword(context, 'Your current password: ', 'currentPassword')
  const newPassword = await askNewPassword(context, 'New password: ', 'newPassword')
  const input = { account, currentPassword, newPassword, bearer: true }
  const made = await client.change<{ readonly token: string | null }>('updatePassword', UPDATE, input)
  if (made.token !== null && client.address.token !== undefined) {
    const { token } = client.address
    await keepToken(configPath(flags.text('config'), io.env), { before: token, after: made.token })
  }
  io.err('Password updated\n')
  return 0
}

/** As Argo CD; nothing is sent anywhere. */
const BCRYPT_COST = 10

export async function printBcrypt(context: CommandContext): Promise<number> {
  const password = await askPassword(context, 'Password: ')
  const { hash } = await import('bcryptjs')
  context.io.out(`${await hash(password, BCRYPT_COST)}\n`)
  return 0
}
