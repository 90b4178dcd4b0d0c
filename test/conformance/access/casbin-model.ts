import { newEnforcer, newModelFromString, StringAdapter, type Enforcer } from 'casbin'
import type { MatchMode } from '../../../src/engine/access/match-mode.js'

/** The model of contract 1.11, word for word. */
const MODEL = `
[request_definition]
r = sub, res, act, obj
[policy_definition]
p = sub, res, act, obj, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && matchWord(r.res, p.res) && matchWord(r.act, p.act) && matchWord(r.obj, p.obj)
`

/** For patterns of letters, `/`, `-`, `*`, `?` only; written apart from the globs of the product. */
function matchWord(mode: MatchMode): (word: string, pattern: string) => boolean {
  const known = new Map<string, RegExp>()
  return (word, pattern) => {
    const source = mode === 'regex' ? pattern : `^${pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`
    const expression = known.get(pattern) ?? new RegExp(source)
    known.set(pattern, expression)
    return expression.test(word)
  }
}

/** node-casbin with the model of Argo CD: the reference that decisions are held against. */
export async function casbinEnforcer(lines: readonly string[], mode: MatchMode): Promise<Enforcer> {
  const enforcer = await newEnforcer(newModelFromString(MODEL), new StringAdapter(lines.join('\n')))
  await enforcer.addFunction('matchWord', matchWord(mode))
  return enforcer
}
