import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDestinationCommand, addSourceCommand, allowKindCommand } from './suggest-command.js'

describe('a suggested command', () => {
  it('names the cluster by its name, or by its URL when it has none', () => {
    const at = { server: 'https://one:6443', name: 'one', namespace: 'shop' }
    expect(addDestinationCommand('demo', at)).toBe('lockstep proj add-destination demo one shop --name')
    expect(addDestinationCommand('demo', { ...at, name: '' })).toBe(
      'lockstep proj add-destination demo https://one:6443 shop',
    )
  })

  it('names the list of the kind', () => {
    const kind = { group: '', kind: 'Namespace', namespaced: false }
    expect(allowKindCommand('demo', kind)).toBe("lockstep proj allow-cluster-resource demo '' Namespace")
    expect(allowKindCommand('demo', { ...kind, group: 'apps', namespaced: true })).toBe(
      'lockstep proj allow-namespace-resource demo apps Namespace',
    )
  })

  it('is one word each to a shell, whatever an application names', () => {
    const words = fc.string({ unit: fc.constantFrom(...`a/:'"$\`\\;&|<>()*?!~# {}`), minLength: 1 })
    fc.assert(
      fc.property(words, (url) => {
        const asked = addSourceCommand('demo', url).replace('lockstep', 'printf "%s\\n"')
        expect(execFileSync('/bin/sh', ['-c', asked]).toString()).toBe(`proj\nadd-source\ndemo\n${url}\n`)
      }),
      { numRuns: 50 },
    )
  })
})
