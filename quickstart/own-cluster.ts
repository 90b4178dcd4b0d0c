import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'

/** Text of the kubeconfig that holds the person's own contexts. */
export async function ownKubeconfig(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const path = env['KUBECONFIG'] ?? join(homedir(), '.kube', 'config')
  try {
    return await readFile(path, 'utf8')
  } catch {
    throw new Error(
      `Cannot read ${path}. Set KUBECONFIG, or leave --context out to get a throw-away cluster.`,
    )
  }
}

/** A real cluster is used only by somebody who says so. */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY) return false
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await prompt.question(`${question} Type "yes" to go on: `)
  prompt.close()
  return answer.trim() === 'yes'
}
