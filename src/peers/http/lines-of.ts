import type { IncomingMessage } from 'node:http'
import { AppError } from '../../base/app-error.js'

/** The largest object a cluster stores is about 1.5 MB; a difference shows it twice. */
const MAX_LINE = 32 * 1024 * 1024

/** The whole lines of a body; what follows the last line break was cut and is dropped. Leaves the response open at an early end. */
export async function* linesOf(response: IncomingMessage): AsyncIterable<string> {
  let parts: string[] = []
  let length = 0
  response.setEncoding('utf8')
  for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    const [first = '', ...others] = chunk.split('\n')
    parts.push(first)
    length += first.length
    if (length > MAX_LINE) throw new AppError('INTERNAL', 'A line of the answer of a worker is too long.')
    for (const next of others) {
      yield parts.join('')
      parts = [next]
      length = next.length
    }
  }
}
