import { ensureClusterBinary } from '../test/cluster/build-cluster-binary.js'
import { launchCluster } from '../test/cluster/launch-cluster.js'
import { playStages } from '../test/cluster/play-stages.js'
import type { StateFolder } from './state-folder.js'

const NODES = 2

export interface RunningCluster {
  readonly kubeconfig: string
  stop(): Promise<void>
}

/** Builds (once per machine) and starts the throw-away control plane; its state comes back at every start. */
export async function startThrowAwayCluster(
  state: StateFolder,
  tell: (line: string) => void,
): Promise<RunningCluster> {
  const binary = await ensureClusterBinary({ onProgress: tell })
  tell('starting the throw-away cluster')
  const cluster = await launchCluster({ dir: state.at('cluster'), binary, controllers: 'full', nodes: NODES })
  const stages = await playStages(cluster)
  await state.writeSecret('kubeconfig', cluster.kubeconfig('admin'))
  await state.writeProgram('kubectl', kubectlScript(binary, state.at('kubeconfig')))
  return {
    kubeconfig: cluster.kubeconfig('admin'),
    stop: async () => {
      await stages.stop()
      await cluster.stop()
    },
  }
}

/** The kubectl that is built into the control plane, for this cluster: nobody needs to install one. */
function kubectlScript(binary: string, kubeconfig: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  return `#!/bin/sh\nexec ${quoted(binary)} kubectl --kubeconfig=${quoted(kubeconfig)} "$@"\n`
}
