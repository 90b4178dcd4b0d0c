import { describe, expect, it } from 'vitest'
import { jsonPathText } from './json-path.js'

const apps = [
  { metadata: { name: 'shop' }, spec: { project: 'web', sources: [{ path: 'a' }, { path: 'b' }] } },
  { metadata: { name: 'till' }, spec: { project: 'pay', sources: [] } },
]

describe('jsonPathText()', () => {
  it.each<[string, string]>([
    ['{[*].metadata.name}', 'shop till'],
    ['[0].spec.project', 'web'],
    ['{$[0].spec.sources[*].path}', 'a b'],
    ['{range [*]}{.metadata.name}{"\\t"}{.spec.project}{"\\n"}{end}', 'shop\tweb\ntill\tpay\n'],
    ['{range [*]}{range .spec.sources[*]}{.path}-{end}|{end}', 'a-b-||'],
    ['{[?@.spec.project=="pay"].metadata.name}', 'till'],
    ['{[0].metadata}', '{"name":"shop"}'],
    ['names: {[*].nothing}\\n', 'names: \n'],
  ])('%s', async (template, expected) => {
    expect(await jsonPathText(template, apps)).toBe(expected)
  })

  it.each(['{.a', '{range .a}x', '{end}', '{.a[}'])('%s is refused with an example', async (template) => {
    await expect(jsonPathText(template, {})).rejects.toThrow('-o jsonpath')
  })
})
