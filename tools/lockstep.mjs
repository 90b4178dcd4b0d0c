#!/usr/bin/env node
// The `lockstep` command. Plain JavaScript that any Node can read, so that an old one is told what to do.
import { existsSync } from 'node:fs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const built = new URL('../dist/src/cli/main.js', import.meta.url)

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `Error: lockstep needs Node 22.19 or newer\nCause: this is Node ${process.versions.node}\nTry:   install a current Node, see https://nodejs.org\n`,
  )
  process.exitCode = 20
} else if (!existsSync(built)) {
  process.stderr.write('Error: lockstep is not built yet\nTry:   npm run build\n')
  process.exitCode = 20
} else {
  const { runCli } = await import(built.href)
  const { terminalIo } = await import(new URL('../dist/src/cli/terminal-io.js', import.meta.url).href)
  process.exitCode = await runCli(process.argv.slice(2), terminalIo())
}
