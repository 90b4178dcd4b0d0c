import { Option, type Command } from 'commander'
import type { AddCommand } from './command-options.js'

const PASSWORD_STDIN = 'read the password from standard input'

/** `login`, `relogin`, `logout`, `context`, `version`. */
export function addLoginCommands(program: Command, add: AddCommand): void {
  add(
    program,
    {
      name: 'login [server-or-link]',
      text: 'sign in, or set the admin password with the link that the server printed',
    },
    async () => (await import('./login/log-in.js')).logIn,
  )
    .option('--username <name>')
    .option('--password <password>', 'other programs on this machine can read it: prefer --password-stdin')
    .option('--password-stdin', PASSWORD_STDIN)
    .option('--token-stdin', 'read an API token from standard input and keep it instead')
    .option('--name <context>', 'name of the context')
    .option('--sso', 'not supported yet')
    .option('--core', 'not supported')
    .addOption(new Option('--skip-test-tls').hideHelp())
  add(
    program,
    { name: 'relogin', text: 'sign in again, to the server of the current context' },
    async () => (await import('./login/relogin.js')).relogIn,
  )
    .option('--password <password>', 'other programs on this machine can read it: prefer --password-stdin')
    .option('--password-stdin', PASSWORD_STDIN)
  add(
    program,
    { name: 'logout [context]', text: 'end the session' },
    async () => (await import('./login/log-out.js')).logOut,
  )
  add(
    program,
    { name: 'context [name]', text: 'list the contexts, or switch to one' },
    async () => (await import('./login/contexts.js')).contexts,
  )
    .option('--delete', 'forget the context')
    .option('-o, --output <format>')
  add(
    program,
    { name: 'version', text: 'versions of CLI and server' },
    async () => (await import('./version.js')).showVersion,
  ).option('--client', 'only of the CLI')
}
