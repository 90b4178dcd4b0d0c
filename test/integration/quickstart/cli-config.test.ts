import { describe, expect, it } from 'vitest'
import { readCliConfig, tokenOf, withQuickstart, type CliConfig } from '../../../quickstart/cli-config.js'

const URL = 'http://127.0.0.1:8080'
const own: CliConfig = {
  'current-context': 'mine',
  contexts: [{ name: 'mine', server: 'https://lockstep.example', user: 'mine' }],
  servers: [{ server: 'https://lockstep.example' }],
  users: [{ name: 'mine', 'auth-token': 'of-a-person' }],
}

describe('withQuickstart()', () => {
  it('makes the first context current', () => {
    const config = withQuickstart(readCliConfig(''), URL, 'token')
    expect(config['current-context']).toBe('quickstart')
    expect(tokenOf(config)).toBe('token')
  })

  it('leaves what a person added by login, and their choice of the current one', () => {
    const twice = withQuickstart(withQuickstart(own, URL, 'old'), 'http://127.0.0.1:9090', 'new')
    expect(twice).toEqual({
      'current-context': 'mine',
      contexts: [
        ...own.contexts,
        { name: 'quickstart', server: 'http://127.0.0.1:9090', user: 'quickstart' },
      ],
      servers: [...own.servers, { server: 'http://127.0.0.1:9090' }],
      users: [...own.users, { name: 'quickstart', 'auth-token': 'new' }],
    })
  })

  it('keeps a server that a person uses too, with what they said of it', () => {
    const shared = {
      ...own,
      servers: [{ server: URL, insecure: true }],
      contexts: [{ name: 'mine', server: URL, user: 'mine' }],
    }
    expect(withQuickstart(withQuickstart(shared, URL, 'a'), URL, 'b').servers).toEqual([
      { server: URL, insecure: true },
    ])
  })

  it('writes anew what cannot be read', () => {
    expect(withQuickstart(readCliConfig('{broken'), URL, 'token').contexts).toHaveLength(1)
  })
})
