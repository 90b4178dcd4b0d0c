import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { useOfTrees } from './program-tree.js'

const ANSWER_MS = 30_000
/** Memory that was freed goes back to the system a little later. */
const SETTLE_MS = 2_000

export interface Memory {
  readonly pssKb: number
  readonly heapKb: number
}

/**
 * What a Node program holds after two forced collections. It is asked by its inspector, which listens from its first
 * SIGUSR1 on at the port of its `--inspect-port`; rejects when it was started without.
 */
export async function heldMemory(pid: number): Promise<Memory> {
  const port = await inspectPort(pid)
  if (port === undefined) throw new Error(`Program ${pid} was started without --inspect-port.`)
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await addressOf(port))
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error('The inspector does not answer.')))
  })
  try {
    await ask(socket, 'HeapProfiler.collectGarbage')
    await sleep(SETTLE_MS)
    await ask(socket, 'HeapProfiler.collectGarbage')
    const expression = 'process.memoryUsage().heapUsed'
    const heap = await ask(socket, 'Runtime.evaluate', { expression })
    const { pssMb } = await useOfTrees([pid])
    return { pssKb: pssMb * 1024, heapKb: Number(heap.result?.value) / 1024 }
  } finally {
    socket.close()
  }
}

/** The port at which a program would be inspected. */
export async function inspectPort(pid: number): Promise<string | undefined> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return /--inspect-port=(\d+)/.exec(command)?.[1]
}

async function addressOf(port: string): Promise<string> {
  const end = Date.now() + ANSWER_MS
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined)
    const [target] = ((await answer?.json()) ?? []) as readonly { readonly webSocketDebuggerUrl: string }[]
    if (target !== undefined) return target.webSocketDebuggerUrl
    if (Date.now() > end) throw new Error(`No inspector listens on port ${port}.`)
    await sleep(100)
  }
}

interface Reply {
  readonly result?: { readonly value?: unknown }
}

function ask(socket: WebSocket, method: string, params: object = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`The inspector does not answer ${method}.`)), ANSWER_MS)
    const take = ({ data }: MessageEvent): void => {
      const { id, result } = JSON.parse(String(data)) as { readonly id?: number; readonly result: Reply }
      if (id !== 1) return
      clearTimeout(late)
      socket.removeEventListener('message', take)
      resolve(result)
    }
    socket.addEventListener('message', take)
    socket.send(JSON.stringify({ id: 1, method, params }))
  })
}
