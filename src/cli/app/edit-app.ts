import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { parseAppName, type SpecView } from './app-view.js'
import { changeSpec } from './set-app.js'

/** `app edit NAME`: the spec in an editor (`EDITOR`, else vi); a change by somebody else meanwhile is refused. */
export async function editApp(context: CommandContext): Promise<number> {
  const name = parseAppName(context.args[0] ?? '', context.flags.text('appNamespace'))
  return changeSpec(context, name, async (spec) => edited(context, spec))
}

async function edited({ io }: CommandContext, spec: SpecView): Promise<object> {
  const { dump, load } = await import('js-yaml')
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-edit-'))
  try {
    const file = join(folder, 'spec.yaml')
    await writeFile(file, dump(spec, { lineWidth: -1 }), { mode: 0o600 })
    await runEditor(io.env['EDITOR'] ?? 'vi', file)
    const after = load(await readFile(file, 'utf8'))
    if (typeof after !== 'object' || after === null) throw new CliError('what you saved is no spec')
    return after
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** `EDITOR` may hold arguments, as in `code --wait`. */
function runEditor(editor: string, file: string): Promise<void> {
  const [command = 'vi', ...args] = editor.split(' ').filter((part) => part !== '')
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, file], { stdio: 'inherit' })
    child.on('error', (error) =>
      reject(
        new CliError(`cannot start the editor "${command}"`, { reason: error.message, hint: 'set EDITOR' }),
      ),
    )
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new CliError('nothing was changed', { reason: 'the editor failed' })),
    )
  })
}
