import { issueLocalToken } from '../src/main/issue-local-token.js'
import { startAllInOne } from '../src/main/start-all-in-one.js'
import { loadSettings } from '../src/settings/load-settings.js'
import { createPinoLogger } from '../src/telemetry/pino/pino-logger.js'
import { startGitServer } from '../test/support/git-server.js'
import { readArguments, USAGE, type Arguments } from './arguments.js'
import { LocalApi } from './local-api.js'
import { confirm, ownKubeconfig } from './own-cluster.js'
import { createSample } from './sample-repository.js'
import { StateFolder } from './state-folder.js'
import { startThrowAwayCluster } from './throw-away-cluster.js'

const SAMPLE = 'sample'
/** A status from before this start proves nothing. */
const STARTED_AT = Date.now()
const POLL_MS = 250
const GIVE_UP_MS = 300_000

type Stop = () => Promise<void>

const tell = (line: string): boolean => process.stderr.write(`${line}\n`)

try {
  const given = readArguments(process.argv.slice(2))
  if (given === undefined) process.stdout.write(USAGE)
  else if (typeof given === 'string') fail(given)
  else await main(given)
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

async function main(options: Arguments): Promise<void> {
  const kubeconfig = await askFirst(options)
  const stops: Stop[] = []
  const end = async (code: number): Promise<never> => {
    for (const stop of stops.toReversed()) await stop().catch(() => undefined)
    process.exit(code)
  }
  process.on('SIGINT', () => void end(0))
  process.on('SIGTERM', () => void end(0))
  try {
    await run(options, kubeconfig, stops)
    if (options.once) await end(0)
  } catch (error) {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`)
    await end(1)
  }
}

async function run(options: Arguments, own: string | undefined, stops: Stop[]): Promise<void> {
  const state = new StateFolder(options.state)
  await state.open(options.reset)
  const ports = await state.ports(options.port)
  await createSample(state.at('git'))
  const git = await startGitServer({ root: state.at('git'), port: ports.git })
  stops.push(() => git.stop())
  const cluster = own === undefined ? startThrowAwayCluster(state, tell) : undefined
  cluster?.catch(() => undefined)
  stops.push(async () => (await cluster)?.stop())
  const { api, url } = await startProduct(state, ports.http, stops)
  tell(`Git:  ${git.url}/NAME.git for every bare repository in ${state.at('git')}`)
  await api.ensure('addRepository', { url: `${git.url}/${SAMPLE}.git`, name: SAMPLE })
  const kubeconfig = own ?? (await cluster)?.kubeconfig ?? ''
  await api.ensure('addCluster', {
    name: 'quickstart',
    kubeconfig,
    ...(options.context === undefined ? {} : { context: options.context }),
  })
  await declareSample(api, `${git.url}/${SAMPLE}.git`)
  process.stdout.write(`${SAMPLE}: ${await settled(api)}\n`)
  tell(`CLI:  npx lockstep --config ${state.at('cli.yaml')} app list`)
  if (!options.once) tell(`Lockstep runs at ${url}. Ctrl-C ends it; the state stays in ${state.path}.`)
}

async function startProduct(state: StateFolder, port: number, stops: Stop[]) {
  const env = {
    ...process.env,
    LOCKSTEP__HTTP__PORT: String(port),
    LOCKSTEP__STATE__DIR: state.at('product'),
  }
  const settings = loadSettings({ LOCKSTEP__LOG__LEVEL: 'warn', ...env })
  const product = await startAllInOne(settings, createPinoLogger({ level: settings.log.level }))
  stops.push(() => product.stop())
  process.stdout.write(`Lockstep: ${product.url}\n`)
  if (product.link !== undefined)
    process.stdout.write(`Set the admin password (works once): ${product.link}\n`)
  const token =
    (await workingToken(state, product.url)) ?? (await issueLocalToken(product.stores, 'quickstart'))
  await state.writeCliConfig(product.url, token)
  return { api: new LocalApi(product.url, token), url: product.url }
}

async function workingToken(state: StateFolder, url: string): Promise<string | undefined> {
  const token = await state.token()
  if (token === undefined) return undefined
  const works = new LocalApi(url, token).ask('{ viewer { username } }')
  return works.then(
    () => token,
    () => undefined,
  )
}

async function declareSample(api: LocalApi, repoURL: string): Promise<void> {
  await api.ensure('createProject', {
    name: SAMPLE,
    spec: {
      description: 'The sample of the quickstart',
      sourceRepos: [repoURL],
      destinations: [{ name: 'quickstart', namespace: '*' }],
    },
  })
  await api.ensure('createApplication', {
    name: SAMPLE,
    spec: {
      project: SAMPLE,
      source: { repoURL, path: 'shop', targetRevision: 'main' },
      destination: { name: 'quickstart', namespace: 'sample' },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
    },
  })
}

/** Waits for the sample; tells each change of its status. */
async function settled(api: LocalApi): Promise<string> {
  const until = Date.now() + GIVE_UP_MS
  let before = ''
  for (;;) {
    const { text, why } = await api.statusOf(SAMPLE, STARTED_AT)
    if (text === 'Synced Healthy') return text
    if (text !== before) tell(`${SAMPLE}: ${text}${why === '' ? '' : ` (${why})`}`)
    before = text
    if (Date.now() > until)
      throw new Error(`The sample is still ${text} after ${GIVE_UP_MS / 60_000} minutes: ${why}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** The person's own kubeconfig, after a yes; undefined for a throw-away cluster. */
async function askFirst(options: Arguments): Promise<string | undefined> {
  if (options.reset && !(await confirm(`--reset deletes everything in ${options.state}.`, options.yes))) {
    throw new Error('Nothing was deleted: say --yes to --reset.')
  }
  if (options.context === undefined) return undefined
  const question = `The sample will be deployed to namespace "sample" of context "${options.context}".`
  if (!(await confirm(question, options.yes)))
    throw new Error('Nothing was started: say --yes to use that cluster.')
  return ownKubeconfig(process.env)
}

function fail(message: string): never {
  process.stderr.write(`Error: ${message}\n`)
  process.exit(1)
}
