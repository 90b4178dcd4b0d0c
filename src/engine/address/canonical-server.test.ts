import { describe, expect, it } from 'vitest'
import { canonicalServer } from './canonical-server.js'

describe('canonicalServer()', () => {
  it.each([
    ['https://Prod.Example/', 'https://prod.example'],
    ['HTTPS://prod.example:443', 'https://prod.example'],
    ['https://prod.example:6443//', 'https://prod.example:6443'],
    ['http://prod.example:80/k8s/Clusters/c-1/', 'http://prod.example/k8s/Clusters/c-1'],
    [' https://prod.example ', 'https://prod.example'],
    ['https://[::1]:443/', 'https://[::1]'],
    ['https://*.Example/', 'https://*.example'],
    ['*', '*'],
    ['', ''],
    ['prod', 'prod'],
  ])('of %s is %s', (server, canonical) => {
    expect(canonicalServer(server)).toBe(canonical)
    expect(canonicalServer(canonical)).toBe(canonical)
  })
})
