import { describe, expect, it } from 'vitest'
import { chooseResources, parseResource } from './choose-resources.js'

const web = { group: 'apps', kind: 'Deployment', namespace: 'a', name: 'web' }
const other = { ...web, namespace: 'b' }
const address = { group: '', kind: 'Service', namespace: 'a', name: 'web' }
const ALL = [web, other, address]

describe('--resource chooses as argocd does', () => {
  it.each([
    [['apps:Deployment:web'], [web, other]],
    [['apps:Deployment:b/web'], [other]],
    [['*:*:*'], ALL],
    [['!apps:Deployment:*'], [address]],
    [['*:Deployment:*', '!*:*:a/web'], [other]],
    [[':Service:web'], [address]],
  ])('[1.4 Selective sync] --resource %j', (wishes, chosen) => {
    expect(chooseResources(ALL, wishes.map(parseResource))).toEqual(chosen)
  })

  it.each(['Deployment', 'a:b', 'a::c', '!'])('refuses %s', (text) => {
    expect(() => parseResource(text)).toThrow('is not a resource')
  })
})
