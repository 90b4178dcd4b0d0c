import type { Command } from 'commander'
import { repeated, type AddCommand } from './command-options.js'

const FORMATS = 'json, yaml, wide, name or jsonpath=TEMPLATE'

/** Commands that `argocd` does not have, and completion. */
export function addOwnCommands(program: Command, add: AddCommand): void {
  const api = add(
    program,
    { name: 'api [document]', text: 'ask the GraphQL API; - reads the document from standard input' },
    async () => (await import('./api/ask-api.js')).askApi,
  )
  repeated(api, '-F, --field <pair>', 'variable NAME=VALUE; true, 3, null, {…} are JSON, @FILE its text')
  api.option('-f, --file <file>', 'the document').option('-o, --output <format>', FORMATS)
  add(
    program,
    { name: 'doctor', text: 'what may keep this CLI from working, and what to do about it' },
    async () => (await import('./doctor/doctor.js')).runDoctor,
  ).option('-o, --output <format>', FORMATS)
  add(
    program,
    { name: 'completion <shell>', text: 'completion with live names for bash, zsh or fish' },
    async () => (await import('./completion/script.js')).printCompletionScript,
  )
  add(program, { name: '__complete [words...]', text: 'candidates for the last word' }, async () => {
    const { completeWords } = await import('./completion/complete.js')
    return (context) => completeWords(context, program)
  })
    .passThroughOptions()
    .allowUnknownOption()
}
