import { expect, it } from 'vitest'
import { silentLogger } from './logger.js'
import { RareWarning } from './rare-warning.js'

it('RareWarning warns at once, then at most every ten seconds, and never when muted', () => {
  let now = 5
  const warned: unknown[] = []
  const logger = {
    ...silentLogger,
    warn: (sentence: string, fields?: object) => warned.push([sentence, fields]),
  }
  const options = { logger, sentence: 'it is broken', fields: { place: 'here' }, monotonic: () => now }
  const warning = new RareWarning(options)
  warning.report(new Error('first'))
  now += 9_999
  warning.report(new Error('too soon'))
  now += 1
  warning.report(new Error('second'))
  warning.mute()
  now += 60_000
  warning.report(new Error('closed'))
  expect(warned).toEqual([
    ['it is broken', { place: 'here', reason: 'first' }],
    ['it is broken', { place: 'here', reason: 'second' }],
  ])
})
