import { describe, expect, it } from 'vitest'
import { extendLogContext, withLogContext } from '../log-context.js'
import { createPinoLogger, type LogLevel } from './pino-logger.js'

function captured(level?: LogLevel) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const logger = createPinoLogger(level === undefined ? { destination } : { destination, level })
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('createPinoLogger()', () => {
  it('writes one JSON line per entry with the fields of its context', () => {
    const { logger, lines, entries } = captured()
    logger.with({ application: 'shop' }).info('Synced an application', { revision: 'abc\ndef' })
    expect(lines[0]?.trimEnd()).not.toContain('\n')
    expect(entries()).toEqual([
      expect.objectContaining({
        level: 'info',
        sentence: 'Synced an application',
        application: 'shop',
        revision: 'abc\ndef',
      }),
    ])
  })

  it('carries the context of the work, however late it logs', async () => {
    const { logger, entries } = captured()
    await withLogContext({ application: 'shop', cluster: 'one' }, async () => {
      await Promise.resolve()
      extendLogContext({ operation: 'op' })
      logger.info('One', { cluster: 'other' })
    })
    logger.info('Two')
    const [one, two] = entries()
    expect(one).toMatchObject({ application: 'shop', operation: 'op', cluster: 'other', sentence: 'One' })
    expect(two).not.toHaveProperty('application')
  })

  it('E-20 writes one line that steers no terminal, whatever text it is given', () => {
    const { logger, lines, entries } = captured()
    const texts = [
      'a\nlevel: fatal',
      '\u001b[2J\u001b]0;x\u0007',
      'x\u2028y\u2029z',
      '\u202egnp.exe',
      '%s %j %o',
      '\r',
      '"}\n{"level":"fatal"',
    ]
    for (const text of texts)
      logger.info(text, { [`key ${text}`]: text, deep: { list: [text] }, error: new Error(text) })
    logger.info('x'.repeat(1_000_000))
    expect(lines).toHaveLength(texts.length + 1)
    for (const line of lines) expect(line.trimEnd()).not.toMatch(/[\n\r\u001b\u0007]/)
    expect(entries().map(({ sentence }) => sentence)).toEqual([...texts, expect.stringMatching(/^x+/)])
    expect(entries().every(({ level }) => level === 'info')).toBe(true)
  })

  it('leaves out what is below its level', () => {
    const { logger, lines } = captured('warn')
    logger.debug('no')
    logger.info('no')
    logger.warn('yes')
    expect(lines).toHaveLength(1)
  })

  it.each([
    'password',
    'token',
    'Authorization',
    'clientSecret',
    'set-cookie',
    'kubeconfig',
    'apiKey',
    'bearerToken',
  ])('masks a field named %s at any depth', (name) => {
    const { logger, lines } = captured()
    logger.info('One', { [name]: 'canary' })
    logger.info('Two', { outer: [{ [name]: { inner: 'canary' } }] })
    logger.with({ [name]: 'canary' }).info('Three')
    expect(lines.join('')).not.toContain('canary')
  })

  it('masks passwords in URLs, also within errors', () => {
    const { logger, lines } = captured()
    logger.error('Broken', {
      url: 'https://bot:canary@git.example/x',
      error: new Error('to postgresql://a:canary@h/db'),
    })
    expect(lines.join('')).not.toContain('canary')
    expect(lines.join('')).toContain('https://bot:[redacted]@git.example/x')
  })
})
