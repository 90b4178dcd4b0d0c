import type { AccessExplanation } from '../../engine/access/explain-access.js'
import type { CommandContext } from '../command-context.js'
import { documentText } from '../output/print.js'

/** `account can-i`: `yes` or `no`; exit code 0 either way, as `argocd` does. */
export async function canI(context: CommandContext): Promise<number> {
  const [action, resource, object] = context.args
  const client = await context.client()
  const answer = await client.ask<{ readonly canI: boolean }>(
    'query($action: String!, $resource: String!, $object: String!) { canI(action: $action, resource: $resource, object: $object) }',
    { action, resource, object },
  )
  context.io.out(answer.canI ? 'yes\n' : 'no\n')
  return 0
}

const WHY = `query($subject: String, $groups: [String!], $action: String!, $resource: String!, $object: String!) {
  policyWhy(subject: $subject, groups: $groups, action: $action, resource: $resource, object: $object) {
    allowed reason lines { effect source line text via }
  }
}`

/** `policy why`: what decides, and how the subject came to it. */
export async function why(context: CommandContext): Promise<number> {
  const [subject, action, resource, object] = context.args
  const groups = context.flags.text('groups')?.split(',')
  const client = await context.client()
  const { policyWhy } = await client.ask<{ readonly policyWhy: AccessExplanation }>(WHY, {
    subject,
    action,
    resource,
    object,
    ...(groups !== undefined && { groups }),
  })
  const format = context.flags.text('output')
  if (format === 'json' || format === 'yaml') context.io.out(await documentText(policyWhy, format))
  else context.io.out(whyText(policyWhy))
  return 0
}

function whyText({ allowed, reason, lines }: AccessExplanation): string {
  const shown = lines.map(({ effect, source, line, text, via }) => {
    const place = line === 0 ? source : `${source}:${line}`
    return `\n${effect.toLowerCase()}  ${place}\n  ${text}\n  through ${via.join(' → ')}\n`
  })
  return `${allowed ? 'yes' : 'no'}: ${reason}\n${shown.join('')}`
}
