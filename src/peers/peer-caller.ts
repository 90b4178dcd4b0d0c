import { AppError } from '../base/app-error.js'

export type PeerValue = null | boolean | number | string | readonly PeerValue[] | PeerObject
export interface PeerObject {
  readonly [key: string]: PeerValue
}

/** A question to another process of this installation. Never holds a secret in the open: credentials travel sealed. */
export interface PeerCall {
  /** e.g. `diff`. */
  readonly method: string
  readonly body: PeerValue
}

/**
 * What a process answers, by method: a stream of values. What it throws reaches the caller as the same AppError. The signal
 * is aborted when nobody listens any more.
 */
export type PeerAnswers = Readonly<
  Record<string, (body: PeerValue, signal: AbortSignal) => AsyncIterable<PeerValue>>
>

/**
 * Calls between the processes of one installation: authenticated, streamed, bounded in time and size. Throws what the
 * other side threw; PeerGone when nobody suitable answers at the address; TIMEOUT; INTERNAL when both sides do not
 * trust each other.
 */
export abstract class PeerCaller {
  /** Aborting the signal ends the call on both sides, also while it waits for a value. */
  abstract call(address: string, call: PeerCall, signal?: AbortSignal): AsyncIterable<PeerValue>
  abstract close(): Promise<void>
}

/** The process at the address is gone, or no longer the one to ask: look the address up again. */
export class PeerGone extends AppError {
  constructor(message: string, cause?: unknown) {
    super('UPSTREAM_CLUSTER', message, {
      retry: { afterSeconds: 2 },
      ...(cause === undefined ? {} : { cause }),
    })
    this.name = 'PeerGone'
  }
}

/** Where to ask, or the sentence why nobody can be asked now. */
export type FoundPeer = { readonly address: string } | { readonly nobody: string }

/**
 * Finds and asks; once more with a fresh look when the first one is gone. Values are collected: a second try never
 * repeats what was already given on.
 */
export async function callPeer(
  caller: PeerCaller,
  find: () => Promise<FoundPeer>,
  call: PeerCall,
): Promise<readonly PeerValue[]> {
  try {
    return await collect(caller, await find(), call)
  } catch (error) {
    if (!(error instanceof PeerGone)) throw error
    return collect(caller, await find(), call)
  }
}

async function collect(caller: PeerCaller, found: FoundPeer, call: PeerCall): Promise<readonly PeerValue[]> {
  const values: PeerValue[] = []
  for await (const value of caller.call(addressOf(found), call)) values.push(value)
  return values
}

/** Finds and asks for a stream; once more with a fresh look when the first one is gone before it said anything. */
export async function* streamPeer(
  caller: PeerCaller,
  find: () => Promise<FoundPeer>,
  { signal, ...call }: PeerCall & { readonly signal: AbortSignal },
): AsyncIterable<PeerValue> {
  let began = false
  try {
    for await (const value of caller.call(addressOf(await find()), call, signal)) {
      began = true
      yield value
    }
  } catch (error) {
    if (began || signal.aborted || !(error instanceof PeerGone)) throw error
    yield* caller.call(addressOf(await find()), call, signal)
  }
}

function addressOf(found: FoundPeer): string {
  if ('nobody' in found) throw new PeerGone(found.nobody)
  return found.address
}
