/** Fails on names that say nothing (`style` words) and on words that the glossary replaces by another. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bannedWordIn, declaredNames, filesBelow, forbiddenWords, read, usesWord } from './gates/names.mjs'
import { root as here } from './gates/run-gates.mjs'

const root = process.argv[2] ?? here
const faults = []
const forbidden = forbiddenWords(await read(here, 'docs/glossary.md'))

for (const path of await filesBelow(root, ['src', 'bench', 'quickstart', 'test', 'tools'], /\.(ts|mjs)$/)) {
  const banned = bannedWordIn(path, path)
  if (banned !== undefined) faults.push(`${path}: "${banned}" in a file name says nothing; name what it is`)
  for (const name of declaredNames(await read(root, path))) judgeName(name, path)
}
for (const path of await documents()) judgeText(await read(root, path), path)

if (faults.length > 0) process.stdout.write(`${faults.join('\n')}\n`)
process.exit(faults.length > 0 ? 1 : 0)

function judgeName(name, path) {
  const banned = bannedWordIn(name, path)
  if (banned !== undefined)
    faults.push(`${path}: "${banned}" in the name ${name} says nothing; name what it is`)
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
  for (const { word, use } of forbidden) {
    if (usesWord(spaced, word)) faults.push(`${path}: ${name} says "${word}"; the glossary says "${use}"`)
  }
}

function judgeText(text, path) {
  for (const { word, use } of forbidden) {
    const line = text.split('\n').findIndex((one) => usesWord(one, word))
    if (line >= 0) faults.push(`${path}:${line + 1}: says "${word}"; the glossary says "${use}"`)
  }
}

async function documents() {
  const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'src/api/schema.graphql']
  const found = pages.filter((path) => existsSync(join(root, path)))
  return [...found, ...(await filesBelow(root, ['docs'], /\.md$/))].filter(
    (path) => path !== 'docs/glossary.md',
  )
}
