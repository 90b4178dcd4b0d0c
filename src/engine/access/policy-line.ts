/** One line of a policy CSV: `p, subject, resource, action, object, effect` or `g, member, role`. */
export type PolicyLine =
  | {
      readonly kind: 'grant'
      readonly subject: string
      readonly resource: string
      readonly action: string
      readonly object: string
      readonly effect: 'allow' | 'deny'
    }
  | { readonly kind: 'member'; readonly member: string; readonly role: string }

/**
 * Reads one line of a policy (contract 1.11). `undefined` for blank lines and comments (`#`), a sentence when the line
 * is malformed. Fields may be quoted; blanks around fields do not count.
 */
export function parsePolicyLine(text: string): PolicyLine | string | undefined {
  const line = text.trim()
  if (line === '' || line.startsWith('#')) return undefined
  const fields = splitFields(line)
  if (typeof fields === 'string') return fields
  if (fields[0] === 'p') return parseGrant(fields)
  if (fields[0] === 'g') return parseMember(fields)
  return `"${line}" begins with neither "p" nor "g"; write "p, subject, resource, action, object, allow"`
}

function parseGrant(fields: readonly string[]): PolicyLine | string {
  const [, subject, resource, action, object, effect] = fields
  if (fields.length !== 6 || !subject || !resource || !action || !object) {
    return `"${fields.join(', ')}" needs six fields; write "p, subject, resource, action, object, allow"`
  }
  if (effect === 'allow' || effect === 'deny')
    return { kind: 'grant', subject, resource, action, object, effect }
  return `"${fields.join(', ')}" ends with "${effect ?? ''}"; write "allow" or "deny"`
}

function parseMember(fields: readonly string[]): PolicyLine | string {
  const [, member = '', role = ''] = fields
  if (fields.length !== 3 || member === '' || role === '') {
    return `"${fields.join(', ')}" needs three fields; write "g, group or user, role:name"`
  }
  return { kind: 'member', member, role }
}

/** Fields of one CSV line; `""` inside quotes is one quote. Answers a sentence when a quote is never closed. */
function splitFields(line: string): readonly string[] | string {
  const fields: string[] = []
  let at = 0
  while (at <= line.length) {
    const field = readField(line, at)
    if (field === undefined) return `"${line}" has a quote that is never closed`
    fields.push(field.text)
    at = field.end + 1
  }
  return fields
}

function readField(line: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const begin = start + leadingBlanks(line, start)
  if (line[begin] !== '"') {
    const comma = line.indexOf(',', begin)
    const end = comma < 0 ? line.length : comma
    return { text: line.slice(begin, end).trim(), end }
  }
  let text = ''
  for (let at = begin + 1; at < line.length; at += 1) {
    if (line[at] !== '"') text += line[at] ?? ''
    else if (line[at + 1] === '"') {
      text += '"'
      at += 1
    } else {
      const comma = line.indexOf(',', at)
      return { text, end: comma < 0 ? line.length : comma }
    }
  }
  return undefined
}

function leadingBlanks(line: string, start: number): number {
  let count = 0
  while (line[start + count] === ' ' || line[start + count] === '\t') count += 1
  return count
}
