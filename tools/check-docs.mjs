/** Fails when a document names a path, a link or an npm command that does not exist. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { filesBelow, read } from './gates/names.mjs'
import { root as here } from './gates/run-gates.mjs'

const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']
const TOP = /^(?:\.\/)?(?:src|test|tools|docs|bench|prisma|config|quickstart|helm|web|\.ci)\//
const ROOT_FILE = /^[\w.-]+\.(?:md|json|mjs|ts|yml|yaml)$/

const root = process.argv[2] ?? here
const faults = []
const scripts = new Set(Object.keys(JSON.parse(await read(root, 'package.json')).scripts))

for (const page of PAGES) if (!existsSync(join(root, page))) faults.push(`${page} is missing`)
const pages = [
  ...PAGES,
  ...(await filesBelow(root, ['docs'], /\.md$/)),
  ...(await filesBelow(root, ['src'], /\.md$/)),
]
for (const page of pages.filter((path) => existsSync(join(root, path)))) judge(page, await read(root, page))

if (faults.length > 0) process.stdout.write(`${faults.join('\n')}\n`)
process.exit(faults.length > 0 ? 1 : 0)

function judge(page, text) {
  for (const [, code] of text.matchAll(/`([^`\n]+)`/g))
    for (const word of code.split(/\s+/)) judgePath(page, word)
  for (const [, target] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) judgeLink(page, target)
  for (const [, name] of text.matchAll(/\bnpm run ([\w:-]+)/g)) judgeScript(page, name)
  for (const [, name] of text.matchAll(/\bnpm (start|test)\b/g)) judgeScript(page, name)
}

/** Patterns (`*`, `<name>`, `{a,b}`, `…`) are examples, not paths. */
function judgePath(page, word) {
  const path = word.replace(/[,;:.)]+$/, '').replace(/:\d+$/, '')
  if (/[*<>{}…$]/.test(path)) return
  if (!TOP.test(path) && !(ROOT_FILE.test(path) && !path.startsWith('.'))) return
  const candidates = [join(root, path), join(root, dirname(page), path)]
  if (TOP.test(path) ? !candidates.some((one) => existsSync(one)) : false) {
    faults.push(`${page}: the path ${path} does not exist`)
  }
}

function judgeLink(page, target) {
  if (/^[a-z]+:/.test(target)) return
  if (!existsSync(join(root, dirname(page), target))) faults.push(`${page}: the link ${target} leads nowhere`)
}

function judgeScript(page, name) {
  if (!scripts.has(name)) faults.push(`${page}: package.json has no script "${name}"`)
}
