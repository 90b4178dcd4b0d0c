import { readFile } from 'node:fs/promises'
import { EMPTY_POLICY, type PolicyDocument } from '../../engine/access/policy-document.js'
import { CliError } from '../cli-error.js'
import type { CliIo } from '../cli-io.js'
import type { Flags } from '../flags.js'

/** What a file and flags say of a policy; what they do not name is absent. */
export async function policyChange(
  file: string | undefined,
  flags: Flags,
  io: CliIo,
): Promise<Partial<PolicyDocument>> {
  const written = file === undefined ? {} : await readPolicyFile(file, io)
  const defaultRole = flags.text('defaultRole')
  const mode = flags.text('matchMode')
  const overrides = flags.text('defaultOverridesDeny')
  return {
    ...written,
    ...(defaultRole !== undefined && { defaultRole }),
    ...(mode !== undefined && { matchMode: matchMode(mode) }),
    ...(overrides !== undefined && { defaultOverridesDeny: overrides === 'true' }),
  }
}

/** A CSV is `policy.csv` alone; a ConfigMap has all keys of `argocd-rbac-cm`. */
async function readPolicyFile(file: string, io: CliIo): Promise<Partial<PolicyDocument>> {
  const text =
    file === '-'
      ? await io.stdin()
      : await readFile(file, 'utf8').catch((error: Error) => {
          throw new CliError(`cannot read ${file}`, { reason: error.message })
        })
  if (!/^kind:\s*ConfigMap\s*$/m.test(text)) return { csv: text }
  const { load } = await import('js-yaml')
  const { data: keys = {} } = load(text) as { readonly data?: Readonly<Record<string, string>> }
  const overlays = Object.entries(keys).flatMap(([key, value]) => {
    const name = /^policy\.(.+)\.csv$/.exec(key)?.[1]
    return name === undefined ? [] : [[name, value] as const]
  })
  const scopes = keys['scopes']
  return {
    csv: keys['policy.csv'] ?? '',
    overlays: Object.fromEntries(overlays),
    defaultRole: keys['policy.default'] ?? '',
    matchMode: matchMode(keys['policy.matchMode'] ?? 'glob'),
    scopes: scopes === undefined ? EMPTY_POLICY.scopes : (load(scopes) as readonly string[]),
  }
}

function matchMode(text: string): 'glob' | 'regex' {
  if (text === 'glob' || text === 'regex') return text
  throw new CliError(`there is no match mode "${text}"`, { hint: 'glob or regex' })
}
