import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type RoleName = 'etcd' | 'apiserver' | 'controller-manager' | 'scheduler'

/** One running component of a cluster. */
export interface Role {
  readonly name: RoleName
  readonly pid: number
  readonly logFile: string
  /** Resolves when it is gone. */
  readonly ended: Promise<void>
  isRunning(): boolean
  /** Ends it at once (SIGKILL), or politely with `SIGTERM`, and waits until it is gone. */
  end(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

const POLITE_MS = 3000

/**
 * Starts one role of the cluster binary. Its standard input is a pipe held by this process: the role ends when
 * that closes, so even SIGKILL of this process leaves no orphan. Its own process group keeps Ctrl-C away from it,
 * so that this process can end the roles in order.
 */
export function startRole(
  binary: string,
  dir: string,
  [name, ...flags]: readonly [RoleName, ...string[]],
): Role {
  const logFile = join(dir, `${name}.log`)
  const log = openSync(logFile, 'a', 0o600)
  const env = { ...process.env, CLUSTER_KEEP: '' }
  const child = spawn(binary, [name, ...flags], { cwd: dir, env, detached: true, stdio: ['pipe', log, log] })
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
  // The pipe breaks when the role dies first; that is reported by `ended`.
  child.stdin?.on('error', () => undefined)
  return {
    name,
    pid: child.pid ?? -1,
    logFile,
    ended,
    isRunning: () => isRunning(child),
    end: (signal = 'SIGKILL') => end(child, signal, ended),
  }
}

/** The last lines of a role's log, for error messages. */
export async function logTail(role: Role): Promise<string> {
  const text = await readFile(role.logFile, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-8).join('\n')
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<void>): Promise<void> {
  if (!isRunning(child)) return
  child.kill(signal)
  const impatience = setTimeout(() => child.kill('SIGKILL'), POLITE_MS)
  await ended
  clearTimeout(impatience)
}
