/**
 * Preloaded by `run-command.mjs`. The other end of descriptor 3 is held by the starter: when it closes, the starter is
 * gone (also by SIGKILL), and this process asks itself to stop, so that nothing is left running.
 * Children that inherit the arguments of this process (fork, workers) must not do the same: their descriptor 3 is
 * something else. So only the direct child of the starter follows, and it leaves no trace of having been asked.
 */
import { Socket } from 'node:net'
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.env.LOCKSTEP_STARTER === String(process.ppid)) {
  delete process.env.LOCKSTEP_STARTER
  const at = process.execArgv.indexOf('--import')
  if (at >= 0) process.execArgv.splice(at, 2)
  const starter = new Socket({ fd: 3, readable: true, writable: false })
  starter.on('error', () => undefined)
  starter.once('close', () => process.kill(process.pid, 'SIGTERM'))
  starter.resume()
  starter.unref()
}
