import { dump } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { AppError } from '../base/app-error.js'
import { parseKubeconfig } from './parse-kubeconfig.js'

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'
const BASE64 = Buffer.from(PEM).toString('base64')

function kubeconfig(cluster: object = {}, user: object = {}, top: object = {}): string {
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [
      { name: 'main', context: { cluster: 'c', user: 'u' } },
      { name: 'lost', context: { cluster: 'gone', user: 'u' } },
    ],
    ...top,
  })
}

function refusal(text: string, context?: string): string {
  try {
    parseKubeconfig(text, context)
  } catch (error) {
    if (error instanceof AppError && error.code === 'BAD_USER_INPUT') return error.message
    throw error
  }
  throw new Error('was accepted')
}

describe('parseKubeconfig()', () => {
  it('reads inline credentials of the current context', () => {
    const text = kubeconfig(
      { 'certificate-authority-data': BASE64, 'tls-server-name': 'api' },
      { token: 't', as: 'ann', 'as-groups': ['dev'] },
    )
    expect(parseKubeconfig(text)).toEqual({
      contextName: 'main',
      server: 'https://10.0.0.1:6443',
      caPem: PEM,
      serverName: 'api',
      bearerToken: 't',
      impersonate: { user: 'ann', groups: ['dev'] },
    })
  })

  it.each([
    ['certificate-authority', kubeconfig({ 'certificate-authority': '/etc/ca.crt' })],
    ['proxy-url', kubeconfig({ 'proxy-url': 'socks5://x' })],
    ['exec', kubeconfig({}, { exec: { command: 'aws' } })],
    ['auth-provider', kubeconfig({}, { 'auth-provider': { name: 'gcp' } })],
    ['client-certificate', kubeconfig({}, { 'client-certificate': '/c' })],
    ['client-key', kubeconfig({}, { 'client-key': '/k' })],
    ['tokenFile', kubeconfig({}, { tokenFile: '/t' })],
  ])('B-02 refuses %s by name', (name, text) => {
    expect(refusal(text)).toContain(`\`${name}\` of `)
  })

  it.each([
    ['is not valid YAML', 'a: [b\nsecret: {'],
    ['not a kubeconfig', '- 1'],
    ['has no contexts', kubeconfig({}, {}, { contexts: [] })],
    ['has no current-context', kubeconfig({}, {}, { 'current-context': '' })],
    ['must be an https:// address', kubeconfig({ server: 'ftp://x' })],
    ['may hold neither credentials', kubeconfig({ server: 'https://u:p@x' })],
    ['needs both', kubeconfig({}, { 'client-key-data': BASE64 })],
    ['is not a PEM block', kubeconfig({ 'certificate-authority-data': 'aGVsbG8=' })],
    ['over plain http', kubeconfig({ server: 'http://10.0.0.1' }, { token: 'secret' })],
  ])('says "%s"', (message, text) => {
    expect(refusal(text)).toContain(message)
    expect(refusal(text)).not.toContain('secret')
  })

  it('names the contexts that exist when the wanted one does not', () => {
    expect(refusal(kubeconfig(), 'prod')).toContain('"prod". Name one of its contexts: main, lost')
    expect(refusal(kubeconfig(), 'lost')).toContain('no cluster "gone"')
  })
})
