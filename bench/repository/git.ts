import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

const IDENTITY = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
}

/** Runs git in a folder and answers its trimmed output; never asks anybody anything. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, ...IDENTITY }, maxBuffer: 256 * 1024 * 1024 }
  const { stdout } = await run('git', [...args], options)
  return stdout.trim()
}
