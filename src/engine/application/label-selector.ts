/** One term of a label selector; all terms must hold. */
export interface LabelTerm {
  readonly key: string
  /** `in`: one of the values. `notIn`: none of them, or no such label (as Kubernetes has it). */
  readonly operator: 'in' | 'notIn' | 'exists' | 'absent'
  readonly values: readonly string[]
}

const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?'
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`)
const PAIR = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`)
const BARE = new RegExp(`^(!?)\\s*(${KEY})$`)
const MAX_TERMS = 50

/**
 * Reads a Kubernetes label selector: `a=b`, `a==b`, `a!=b`, `a in (b, c)`, `a notin (b)`, `a`, `!a`, comma between them.
 * Answers a sentence when it is none.
 */
export function parseLabelSelector(selector: string): readonly LabelTerm[] | string {
  const texts = selector
    .split(/,(?![^(]*\))/)
    .map((text) => text.trim())
    .filter((text) => text !== '')
  if (texts.length > MAX_TERMS) return `a label selector has at most ${MAX_TERMS} terms`
  const terms: LabelTerm[] = []
  for (const text of texts) {
    const term = parseTerm(text)
    if (term === undefined)
      return `"${text.slice(0, 60)}" is no term of a label selector (key=value, key!=value, key in (a, b), key notin (a), key, !key)`
    terms.push(term)
  }
  return terms
}

export function fitsLabels(labels: Readonly<Record<string, string>>, terms: readonly LabelTerm[]): boolean {
  return terms.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined
    if (operator === 'exists') return value !== undefined
    if (operator === 'absent') return value === undefined
    return (value !== undefined && values.includes(value)) === (operator === 'in')
  })
}

function parseTerm(text: string): LabelTerm | undefined {
  const set = SET.exec(text)
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim())
    return { key: set[1] ?? '', operator: set[2] === 'in' ? 'in' : 'notIn', values }
  }
  const pair = PAIR.exec(text)
  if (pair !== null)
    return { key: pair[1] ?? '', operator: pair[2] === '!=' ? 'notIn' : 'in', values: [pair[3] ?? ''] }
  const bare = BARE.exec(text)
  if (bare === null) return undefined
  return { key: bare[2] ?? '', operator: bare[1] === '!' ? 'absent' : 'exists', values: [] }
}
