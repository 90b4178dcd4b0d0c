/**
 * Which rows of the contract with Argo CD have a case. A case names its row in its title: `[SECTION Row name]`; the rows
 * stand in test/conformance/rows.json.
 */
const TAG = /\[(\d+\.\d+) ([^[\]]+)\]/g

export const CONCERNS_ROWS = /\[\d+\.\d+ [^[\]]+\]/

/** Answers the page and what is wrong with the tags. */
export function conformancePage(sections, titles) {
  const rows = new Map()
  for (const { section, rows: own } of sections) {
    for (const row of own) rows.set(`${section} ${row.name}`, { ...row, cases: [] })
  }
  const faults = titles.flatMap((one) => noteCases(rows, one))
  for (const [name, row] of rows) {
    if (row.open || row.cases.length > 0 || !isNeeded(sections, name, row)) continue
    faults.push(`test/conformance/rows.json: [${name}] has neither a case nor a reason why it is open`)
  }
  return { page: pageOf(sections, rows), faults }
}

function noteCases(rows, { file, title, skipped }) {
  return [...title.matchAll(TAG)].flatMap(([tag, section, name]) => {
    const row = rows.get(`${section} ${name}`)
    if (row === undefined) return [`${file}: ${tag} names no row of test/conformance/rows.json`]
    if (skipped) return [`${file}: the case of ${tag} is skipped`]
    row.cases.push({ file, title: title.replaceAll(TAG, '').replace(/\s+/g, ' ').trim() })
    return []
  })
}

/** Importance N: nice to have; shown when there is a case. */
function isNeeded(sections, name, { importance }) {
  if (importance === 'N') return false
  return sections.some(({ section, complete }) => complete && name.startsWith(`${section} `))
}

function pageOf(sections, rows) {
  const parts = sections.flatMap(({ section, title, complete, rows: own }) => {
    const shown = own
      .map(({ name }) => ({ name, ...rows.get(`${section} ${name}`) }))
      .filter(({ importance, cases }) => (complete && importance !== 'N') || cases.length > 0)
    if (shown.length === 0) return []
    const lines = shown.map(({ name, importance, cases, open }) => {
      const text = cases.length > 0 ? cases.map(caseText).join('<br>') : `open: ${open}`
      return `| ${escaped(name)} | ${importance} | ${text} |`
    })
    const heading = `## ${section} ${title}`
    return [[heading, '', '| Row | Importance | Cases |', '| --- | --- | --- |', ...lines].join('\n')]
  })
  const listed = sections.filter(({ complete }) => complete)
  const all = listed
    .flatMap(({ section, rows: own }) => own.map(({ name }) => rows.get(`${section} ${name}`)))
    .filter(({ importance }) => importance !== 'N')
  const proven = all.filter(({ cases }) => cases.length > 0).length
  const names = listed.map(({ section, title }) => `${section} ${title}`).join(', ')
  const intro = [
    '# Conformance with Argo CD',
    '',
    'Generated from the titles of test cases by `npm run generate`; do not edit. M = people cannot move without it,',
    'E = people expect it. Complete for the sections ' +
      `${names}; of the others only what has a case is shown.`,
    '',
    `${proven} of ${all.length} rows of the complete sections have a case.`,
  ].join('\n')
  return `${[intro, ...parts].join('\n\n')}\n`
}

function caseText({ file, title }) {
  return `${escaped(title)} (\`${file}\`)`
}

function escaped(text) {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('`', "'")
    .replaceAll('*', '\\*')
    .replaceAll('_', '\\_')
}
