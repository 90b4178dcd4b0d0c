import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadSettings, redactedSettings } from './load-settings.js'

let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-settings-'))
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

function written(name: string, text: string): string {
  const file = join(dir, name)
  writeFileSync(file, text)
  return file
}

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT' })
    return String(error)
  }
  throw new Error('nothing was refused')
}

describe('loadSettings()', () => {
  it('has a default for everything', () => {
    const settings = loadSettings({})
    expect(settings.git).toEqual({ pollSeconds: 120, jitterSeconds: 60, timeoutSeconds: 90 })
    expect(settings.webhook).toEqual({ github: {} })
    expect(settings.database.url).toBeUndefined()
  })

  it('lets the file win over the defaults and the environment over the file', () => {
    const file = written('own.yaml', 'http:\n  port: 9000\n  host: 0.0.0.0\ngit:\n')
    const settings = loadSettings({ LOCKSTEP__HTTP__PORT: '9001', LOCKSTEP__GIT__POLL_SECONDS: '30' }, file)
    expect(settings.http).toMatchObject({ host: '0.0.0.0', port: 9001 })
    expect(settings.git.pollSeconds).toBe(30)
    expect(settings.git.jitterSeconds).toBe(60)
  })

  it('reads a secret from a file', () => {
    const file = written('url', 'postgresql://u:p@h/d\n')
    expect(loadSettings({ LOCKSTEP__DATABASE__URL_FILE: file }).database.url).toBe('postgresql://u:p@h/d')
  })

  it('lists all faults at once, with what was probably meant', () => {
    const file = written('bad.yaml', 'http:\n  prot: 1\ngit:\n  pollSeconds: often\nwebhok: {}\n')
    const message = messageOf(() =>
      loadSettings(
        { LOCKSTEP__SYNC__DRYRUNFIRST: 'maybe', LOCKSTEP__WEBHOOK__GITHUB__SECRET_FILE: '/nowhere' },
        file,
      ),
    )
    expect(message).toContain('http.prot: no such setting, did you mean http.port?')
    expect(message).toContain('webhok: no such setting, did you mean webhook?')
    expect(message).toContain('git.pollSeconds: ')
    expect(message).toContain('sync.dryRunFirst: ')
    expect(message).toContain('LOCKSTEP__WEBHOOK__GITHUB__SECRET_FILE: ')
  })

  it.each([
    { LOCKSTEP__HTTP__PORT: '' },
    { LOCKSTEP__HTTP__PORT: '80a' },
    { LOCKSTEP__HTTP__PORT: '70000' },
    { LOCKSTEP__HTTP: 'x' },
    { LOCKSTEP__GIT__POLLSECONDS: '0' },
    { LOCKSTEP__DATABASE__URL: 'mysql://h/d' },
  ])('refuses %j', (env) => {
    messageOf(() => loadSettings(env))
  })

  it('refuses a file that is no map, is broken or is missing', () => {
    messageOf(() => loadSettings({}, written('list.yaml', '- a\n')))
    messageOf(() => loadSettings({}, written('broken.yaml', 'a: [\n')))
    messageOf(() => loadSettings({}, join(dir, 'absent.yaml')))
  })
})

describe('redactedSettings()', () => {
  it('masks secrets and nothing else', () => {
    const settings = loadSettings({
      LOCKSTEP__DATABASE__URL: 'postgresql://u:canary@h/d',
      LOCKSTEP__WEBHOOK__GITHUB__SECRET: 'canary-secret',
    })
    expect(JSON.stringify(redactedSettings(settings))).not.toContain('canary')
    expect(redactedSettings(settings)).toMatchObject({ http: { port: 8080 } })
    expect(settings.database.url).toContain('canary')
  })
})
