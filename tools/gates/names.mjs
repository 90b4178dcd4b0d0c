import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Words that say nothing about what a thing is. */
const BANNED = [
  'service',
  'helper',
  'util',
  'utils',
  'manager',
  'common',
  'shared',
  'misc',
  'data',
  'info',
  'handle',
  'process',
  'do',
]

/** Words of Kubernetes, Git and Postgres that contain a banned one; removed from a name before it is judged. */
const WORDS_OF_THE_FIELD = [
  'ServiceAccount',
  'FieldManager',
  'ControllerManager',
  'DataFolder',
  'StringData',
  'PageInfo',
]

/** The kind `Service` of Kubernetes, as its own word in a name that speaks about kinds. */
const KIND_FOLDERS = /engine\/(health|sync|diff|manifest)\/|kube\/|bench\/repository\//

const DECLARED =
  /^(?:export\s+)?(?:abstract\s+|async\s+|declare\s+)*(?:class|interface|type|function\*?|const|let)\s+([A-Za-z_$][\w$]*)/gm

/** The names declared in a source text: types, functions, constants; not the fields, which are often somebody else's. */
export function declaredNames(text) {
  return [...text.matchAll(DECLARED)].map((match) => match[1])
}

/** The banned word in a name, if any. `where` is the path of the file. */
export function bannedWordIn(name, where) {
  const plain = WORDS_OF_THE_FIELD.reduce((rest, word) => rest.replace(loose(word), ''), name)
  const words = plain
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z]+/)
  return words.find((word) => BANNED.includes(word) && !(word === 'service' && KIND_FOLDERS.test(where)))
}

/** The word in any spelling: FieldManager, FIELD_MANAGER, field-manager. */
function loose(word) {
  return new RegExp(word.replace(/(?<=[a-z])(?=[A-Z])/g, '[-_]?'), 'i')
}

/** The words of the last column of the glossary's table. */
export function forbiddenWords(glossary) {
  const rows = glossary.split('\n').filter((line) => /^\|(?! Word |[ -]*-)/.test(line))
  return rows.flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    return cells[3].split(',').map((word) => ({ word: word.trim(), use: cells[1] }))
  })
}

/** Does the text use the word (as words in prose, or joined in a name)? */
export function usesWord(text, word) {
  const joined = word.replace(/[\s-]+/g, '[\\s-]?')
  return new RegExp(`(?<![a-z])${joined}s?(?![a-z])`, 'i').test(text)
}

/** Files below the folders, as paths from `root`. */
export async function filesBelow(root, folders, pattern) {
  const found = []
  for (const folder of folders.filter((name) => existsSync(join(root, name)))) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name).slice(root.length + 1)
      if (entry.isFile() && pattern.test(path) && !/\/(generated|node_modules)\//.test(path)) found.push(path)
    }
  }
  return found.toSorted()
}

export function read(root, path) {
  return readFile(join(root, path), 'utf8')
}
