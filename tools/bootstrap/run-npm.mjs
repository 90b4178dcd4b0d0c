import { runProgram } from './run-program.mjs'

/** Runs npm to its end; answers its exit code and what it said, without the stack of its own failure. */
export async function runNpm(args, { cwd, env = process.env }) {
  try {
    const { code, tail } = await runProgram('npm', args, { cwd, env, quiet: true })
    return { code, words: withoutStack(tail) }
  } catch (error) {
    if (error.code !== 'ENOENT') return { code: 1, words: error.message }
    return { code: 1, words: 'there is no `npm` on the PATH. It comes with Node (https://nodejs.org).' }
  }
}

/** The reason is in the first lines; frames, fields of the error object and the path of the log say nothing more. */
function withoutStack(text) {
  return text
    .split('\n')
    .filter(
      (line) =>
        !/^npm (?:error|ERR!)(?:$|\s+(?:at|[a-z]+:|\}) )|^npm error\s+(?:[a-z]+: |at )|^npm error \}/.test(
          line,
        ),
    )
    .join('\n')
}
