import { describe, expect, it } from 'vitest'
import { runCli } from '../main.js'
import type { CliIo } from '../cli-io.js'

async function complete(...words: string[]): Promise<readonly string[]> {
  let out = ''
  const io: CliIo = {
    out: (text) => void (out += text),
    err: () => undefined,
    env: { XDG_CONFIG_HOME: '/nonexistent' },
    interactive: false,
    stdin: async () => '',
    ask: async () => '',
    sleep: async () => undefined,
    monotonic: () => 0,
  }
  expect(await runCli(['__complete', '--', ...words], io)).toBe(0)
  return out.split('\n').filter((line) => line !== '')
}

describe('__complete', () => {
  it('offers commands, and below a command its own', async () => {
    expect(await complete('')).toContain('app')
    expect(await complete('')).not.toContain('__complete')
    expect(await complete('app', 'te')).toEqual(['terminate-op'])
  })

  it('offers the options of the command and of the program', async () => {
    expect(await complete('app', 'list', '--sel')).toEqual(['--selector'])
    expect(await complete('app', 'list', '--serv')).toEqual(['--server'])
  })

  it('offers formats behind -o, also after other options with values', async () => {
    expect(await complete('app', 'list', '-p', 'web', '-o', 'j')).toEqual(['json', 'jsonpath='])
  })

  it('is silent where the server would have to be asked and none is known', async () => {
    expect(await complete('app', 'get', '')).toEqual([])
  })
})
