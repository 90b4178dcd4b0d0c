/** Reads the titles of all test cases from the sources, without running them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { filesBelow } from '../gates/names.mjs'

const TEST_FILES = /\.(?:test|contract)\.(?:ts|mjs)$/
const CASES = new Set(['it', 'test', 'describe'])
/** Cases that do not run, or fail on purpose. */
const OFF = new Set(['skip', 'skipIf', 'todo', 'fails', 'runIf'])

/**
 * Every case of every test file that `concerns` (a look at the text, before it is parsed): `{ file, title, skipped }`.
 * Rows of a table (`it.each([['…']])('%s')`) are titles, too. A case within a skipped `describe` is skipped.
 */
export async function testTitles(root, concerns) {
  const files = []
  for (const folder of ['src', 'test', 'tools', 'bench']) {
    files.push(...(await filesBelow(root, [folder], TEST_FILES)))
  }
  const titles = []
  for (const file of files.sort()) {
    const text = await readFile(join(root, file), 'utf8')
    if (concerns.test(text)) titles.push(...titlesOf(file, text))
  }
  return titles
}

export function titlesOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const titles = []
  visit(source, false)
  return titles

  function visit(node, outerSkipped) {
    const words = ts.isCallExpression(node) ? calleeWords(node.expression) : []
    const isCase = CASES.has(words[0])
    const skipped = outerSkipped || (isCase && words.some((word) => OFF.has(word)))
    if (isCase) titles.push(...titlesIn(node, words).map((title) => ({ file, title, skipped })))
    ts.forEachChild(node, (child) => visit(child, skipped))
  }
}

function titlesIn(call, words) {
  const [first] = call.arguments
  const texts = words.at(-1) === 'each' ? literalsIn(first) : [textOf(first)]
  return texts.filter((text) => text !== undefined)
}

/** `it.skip.each(…)('…')` is it, skip, each, and then the call of what that answers. */
function calleeWords(expression) {
  if (ts.isIdentifier(expression)) return [expression.text]
  if (ts.isPropertyAccessExpression(expression)) {
    return [...calleeWords(expression.expression), expression.name.text]
  }
  if (ts.isCallExpression(expression)) return [...calleeWords(expression.expression), '()']
  return []
}

/** The text of a literal; of one with holes or that is put together, what is fixed. */
function textOf(node) {
  if (node === undefined) return undefined
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('')
  if (ts.isBinaryExpression(node)) return (textOf(node.left) ?? '') + (textOf(node.right) ?? '')
  return undefined
}

function literalsIn(node) {
  if (node === undefined) return []
  if (ts.isStringLiteralLike(node)) return [node.text]
  const found = []
  ts.forEachChild(node, (child) => void found.push(...literalsIn(child)))
  return found
}
