import type { Command } from 'commander'
import type { AddCommand } from './command-options.js'

/** `policy …`, `account can-i`, `admin settings rbac …`. */
export function addPolicyCommands(program: Command, add: AddCommand): void {
  addPolicy(program.command('policy').description('who may do what, and why'), add)
  add(
    child(program, 'account', 'accounts'),
    { name: 'can-i <action> <resource> <object>', text: 'prints yes or no' },
    async () => (await import('./policy/ask-policy.js')).canI,
  )
  const settings = child(child(program, 'admin', 'work on files, without a server'), 'settings', 'settings')
  addOffline(child(settings, 'rbac', 'policies'), add)
}

function addPolicy(policy: Command, add: AddCommand): void {
  const online = () => import('./policy/policy.js')
  add(
    policy,
    {
      name: 'why <subject> <action> <resource> <object>',
      text: 'which lines decide, or what would be needed',
    },
    async () => (await import('./policy/ask-policy.js')).why,
  )
    .option('--groups <groups>', 'groups of the subject, with commas between')
    .option('-o, --output <format>', 'json or yaml')
  add(policy, { name: 'get', text: 'print the policy' }, async () => (await online()).getPolicy).option(
    '-o, --output <format>',
    'csv (default), json or yaml',
  )
  policyFlags(
    add(
      policy,
      { name: 'set', text: 'change the policy; what is not named stays' },
      async () => (await online()).setPolicy,
    ),
  ).option('--generation <number>', 'refuse when the policy was changed since')
  policyFlags(
    add(
      policy,
      { name: 'validate', text: 'find faults, and lines that never match; saves nothing' },
      async () => (await online()).validatePolicy,
    ),
  ).option('--offline', 'judge the file alone, without a server')
}

function addOffline(rbac: Command, add: AddCommand): void {
  const offline = () => import('./policy/offline-policy.js')
  add(
    rbac,
    { name: 'can <subject> <action> <resource> [object]', text: 'prints Yes or No; exit code 1 on No' },
    async () => (await offline()).can,
  )
    .option('--policy-file <file>', 'policy.csv, or a ConfigMap argocd-rbac-cm')
    .option('--default-role <role>')
    .option('-q, --quiet', 'print nothing')
  add(
    rbac,
    { name: 'validate', text: 'find faults; exit code 1 when there are some' },
    async () => (await offline()).validate,
  ).option('--policy-file <file>', 'policy.csv, or a ConfigMap argocd-rbac-cm')
}

function policyFlags(command: Command): Command {
  return command
    .option('-f, --file <file>', 'policy.csv, or a ConfigMap argocd-rbac-cm; - is standard input')
    .option('--default-role <role>', 'role of everybody who signed in; "" for none')
    .option('--match-mode <mode>', 'glob or regex')
    .option(
      '--default-overrides-deny <bool>',
      'true: what the default role allows cannot be denied, as in Argo CD',
    )
}

function child(parent: Command, name: string, text: string): Command {
  return parent.commands.find((one) => one.name() === name) ?? parent.command(name).description(text)
}
