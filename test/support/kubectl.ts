import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterUser } from '../cluster/cluster-folder.js'
import type { ClusterAccess } from '../cluster/cluster-access.js'

export interface KubectlOptions {
  /** Default `admin`. */
  readonly user?: ClusterUser
  /** Standard input, e.g. for `apply -f -`. */
  readonly input?: string
}

/** Runs the kubectl in the cluster binary (no kubectl of this machine) and returns its standard output. */
export async function kubectl(
  cluster: ClusterAccess,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<string> {
  const user = options.user ?? 'admin'
  const kubeconfig = join(cluster.dir, `kubeconfig-${user}.yaml`)
  // Renamed into place: another kubectl may be reading it, and an empty one would mean localhost:8080.
  const partial = `${kubeconfig}.${randomUUID()}`
  await writeFile(partial, cluster.kubeconfig(user), { mode: 0o600 })
  await rename(partial, kubeconfig)
  return run(cluster.binary, ['kubectl', `--kubeconfig=${kubeconfig}`, ...args], options.input ?? '')
}

function run(binary: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: 'pipe' })
    let output = ''
    let fault = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (fault += chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${args.join(' ')} ended with code ${String(code)}: ${fault.trim()}`))
    })
  })
}
