import type { PolicyNote } from '../../engine/access/judge-policy.js'
import type { PolicyDocument } from '../../engine/access/policy-document.js'
import type { CommandContext } from '../command-context.js'
import { documentText } from '../output/print.js'
import { noteText } from './offline-policy.js'
import { policyChange } from './policy-file.js'

const FIELDS = 'generation csv overlays { name csv } defaultRole matchMode scopes defaultOverridesDeny'

interface PolicyView {
  readonly generation: number
  readonly csv: string
  readonly overlays: readonly { readonly name: string; readonly csv: string }[]
}

/** `policy get`: the lines alone, so that they can be edited and set again; all keys with `-o json|yaml`. */
export async function getPolicy(context: CommandContext): Promise<number> {
  const client = await context.client()
  const { policy } = await client.ask<{ readonly policy: PolicyView }>(`{ policy { ${FIELDS} } }`)
  const format = context.flags.text('output')
  if (format === 'json' || format === 'yaml') context.io.out(await documentText(policy, format))
  else {
    const names = policy.overlays.map(({ name }) => `policy.${name}.csv`)
    const also = names.length === 0 ? '' : `, also ${names.join(', ')}: see -o yaml`
    context.io.err(`generation ${policy.generation}${also}\n`)
    context.io.out(policy.csv === '' || policy.csv.endsWith('\n') ? policy.csv : `${policy.csv}\n`)
  }
  return 0
}

const SET = `mutation($input: UpdatePolicyInput!) { updatePolicy(input: $input) {
  policy { generation } warnings { source line message } userErrors { code message } } }`

/** `policy set`. */
export async function setPolicy(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const change = await policyChange(flags.text('file'), flags, io)
  const generation = flags.number('generation')
  const client = await context.client()
  const { policy, warnings } = await client.change<{
    readonly policy: { readonly generation: number }
    readonly warnings: readonly PolicyNote[]
  }>('updatePolicy', SET, { ...inputOf(change), ...(generation !== undefined && { generation }) })
  for (const note of warnings) io.err(`warning  ${noteText(note)}\n`)
  io.err(`policy is generation ${policy.generation}\n`)
  return 0
}

const VALIDATE = `query($input: PolicyInput!) { validatePolicy(input: $input) {
  problems { source line message } warnings { source line message } } }`

/** `policy validate`: beside the roles of the projects of the server, or alone with `--offline`. */
export async function validatePolicy(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const change = await policyChange(flags.text('file'), flags, io)
  const verdict = flags.isOn('offline') ? await judgeAlone(change) : await judgeThere(context, change)
  for (const note of verdict.problems) io.err(`error    ${noteText(note)}\n`)
  for (const note of verdict.warnings) io.err(`warning  ${noteText(note)}\n`)
  io.out(verdict.problems.length === 0 ? 'Policy is valid.\n' : 'Policy is not valid.\n')
  return verdict.problems.length === 0 ? 0 : 1
}

interface Verdict {
  readonly problems: readonly PolicyNote[]
  readonly warnings: readonly PolicyNote[]
}

async function judgeAlone(change: Partial<PolicyDocument>): Promise<Verdict> {
  const { judgePolicy } = await import('../../engine/access/judge-policy.js')
  const { EMPTY_POLICY } = await import('../../engine/access/policy-document.js')
  return judgePolicy({ ...EMPTY_POLICY, ...change })
}

async function judgeThere(context: CommandContext, change: Partial<PolicyDocument>): Promise<Verdict> {
  const client = await context.client()
  const input = inputOf(change)
  return (await client.ask<{ readonly validatePolicy: Verdict }>(VALIDATE, { input })).validatePolicy
}

function inputOf({
  overlays,
  matchMode,
  ...rest
}: Partial<PolicyDocument>): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    ...(overlays && { overlays: Object.entries(overlays).map(([name, csv]) => ({ name, csv })) }),
    ...(matchMode && { matchMode: matchMode.toUpperCase() }),
  }
}
