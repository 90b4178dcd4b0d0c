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
  return setTerm(text) ?? pairTerm(text) ?? bareTerm(text)
}

function setTerm(text: string): LabelTerm | undefined {
  const [, key = '', operator, list = ''] = SET.exec(text) ?? []
  if (operator === undefined) return undefined
  return {
    key,
    operator: operator === 'in' ? 'in' : 'notIn',
    values: list.split(',').map((value) => value.trim()),
  }
}

function pairTerm(text: string): LabelTerm | undefined {
  const [, key = '', operator, value = ''] = PAIR.exec(text) ?? []
  if (operator === undefined) return undefined
  return { key, operator: operator === '!=' ? 'notIn' : 'in', values: [value] }
}

function bareTerm(text: string): LabelTerm | undefined {
  const [, not, key] = BARE.exec(text) ?? []
  if (key === undefined) return undefined
  return { key, operator: not === '!' ? 'absent' : 'exists', values: [] }
}
