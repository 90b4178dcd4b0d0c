import { parseArgs } from 'node:util'
import { resolve } from 'node:path'

export interface Arguments {
  /** Exit as soon as the sample is Synced and Healthy. */
  readonly once: boolean
  readonly reset: boolean
  readonly state: string
  readonly port: number | undefined
  /** A cluster of one's own, from the default kubeconfig, instead of a throw-away one. */
  readonly context: string | undefined
  readonly yes: boolean
}

export const USAGE = `npm start -- [options]

Starts Lockstep on this machine with everything it needs: its own Postgres, a Git server with a
sample repository, and a throw-away Kubernetes control plane (built from source the first time).

  --once          stop when the sample application is Synced and Healthy
  --reset         forget everything in the state folder first
  --state DIR     where the state is kept (default .lockstep)
  --port N        port of the API (default 8080, or the one used before)
  --context NAME  use this context of your kubeconfig instead of a throw-away cluster
  --yes           do not ask before using --context or --reset
  --help          this text
`

/** The options, or a sentence that says what is wrong with them. `undefined` when only help was asked for. */
export function readArguments(argv: readonly string[]): Arguments | string | undefined {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        once: { type: 'boolean', default: false },
        reset: { type: 'boolean', default: false },
        state: { type: 'string', default: '.lockstep' },
        port: { type: 'string' },
        context: { type: 'string' },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return undefined
    const port = values.port === undefined ? undefined : Number(values.port)
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
      return `--port ${values.port ?? ''} is no port: give a number from 1 to 65535.`
    }
    const { once, reset, context, yes } = values
    return { once, reset, context, yes, port, state: resolve(values.state) }
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} See npm start -- --help.`
  }
}
