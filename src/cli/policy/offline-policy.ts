import { explainAccess } from '../../engine/access/explain-access.js'
import { judgePolicy, type PolicyNote } from '../../engine/access/judge-policy.js'
import { EMPTY_POLICY } from '../../engine/access/policy-document.js'
import { indexPolicy } from '../../engine/access/policy-index.js'
import type { CommandContext } from '../command-context.js'
import { policyChange } from './policy-file.js'

/** `admin settings rbac can`: asks a policy file, together with the built-in roles. */
export async function can({ args, flags, io }: CommandContext): Promise<number> {
  const [subject = '', action = '', resource = '', object = '*'] = args
  const index = indexPolicy({ ...EMPTY_POLICY, ...(await policyChange(flags.text('policyFile'), flags, io)) })
  // Asked about a role, it answers for whoever has it.
  const isRole = subject.startsWith('role:')
  const asked = isRole ? { ...index, rolesOf: withMember(index.rolesOf, subject) } : index
  const name = isRole ? WHOEVER : subject
  const { allowed } = explainAccess(asked, { subject: name, groups: [], resource, action, object })
  if (!flags.isOn('quiet')) io.out(allowed ? 'Yes\n' : 'No\n')
  return allowed ? 0 : 1
}

const WHOEVER = 'whoever has the role'

function withMember(roles: ReturnType<typeof indexPolicy>['rolesOf'], role: string) {
  const at = { source: 'question', line: 0, text: '' }
  return new Map([...roles, [WHOEVER, [{ role, at }]]])
}

/** `admin settings rbac validate`. */
export async function validate({ flags, io }: CommandContext): Promise<number> {
  const verdict = judgePolicy({
    ...EMPTY_POLICY,
    ...(await policyChange(flags.required('policyFile'), flags, io)),
  })
  for (const note of verdict.problems) io.err(`error    ${noteText(note)}\n`)
  for (const note of verdict.warnings) io.err(`warning  ${noteText(note)}\n`)
  io.out(verdict.problems.length === 0 ? 'Policy is valid.\n' : 'Policy is not valid.\n')
  return verdict.problems.length === 0 ? 0 : 1
}

export function noteText({ source, line, message }: PolicyNote): string {
  return line === 0 ? `${source}: ${message}` : `${source}:${line}: ${message}`
}
