/**
 * Which attack is tried by which case. The title of a case begins with the ids that it closes (`C-32 after logout …`),
 * behind tags of the conformance table if it has any; the ids stand in test/security/rows.json. A row without a case says
 * with `notYet` what of the product is missing; with a case it may say with `rest` what of the attack is still open.
 */
const IDS = /^(?:\[[^\]]+\]\s+)*((?:[A-Z]-\d{2,3}\b[:,]?\s+)+)/

export const CONCERNS_ATTACKS = /['"`\]] ?[A-Z]-\d{2,3}\b/

/** Answers the map of ids to cases, and what is wrong. `before` is the map that is committed. */
export function securityCases(rows, titles, before = {}) {
  const families = new Set(rows.map(({ id }) => id[0]))
  const cases = new Map(rows.map(({ id }) => [id, []]))
  const faults = []
  for (const { file, title, skipped } of titles) {
    for (const id of idsOf(title).filter((one) => families.has(one[0]))) {
      const known = cases.get(id)
      if (known === undefined) faults.push(`${file}: ${id} is no row of test/security/rows.json`)
      else if (skipped) faults.push(`${file}: the case of ${id} is skipped: ${title}`)
      else known.push({ file, title: withoutIds(title) })
    }
  }
  for (const row of rows) faults.push(...rowFaults(row, cases.get(row.id), before[row.id]))
  return { cases: Object.fromEntries([...cases].filter(([, found]) => found.length > 0)), faults }
}

function rowFaults({ id, notYet }, cases, before) {
  if (cases.length > 0) return notYet ? [`${id}: it has a case, so it cannot be missing: ${notYet}`] : []
  if (before !== undefined) return [`${id}: its case is gone (${before[0].file}: ${before[0].title})`]
  if (!notYet) return [`${id}: no case has a title that begins with it`]
  return /^no (?:case|test)/i.test(notYet) ? [`${id}: "${notYet}" is no reason: say what is missing`] : []
}

function idsOf(title) {
  return [...(IDS.exec(title)?.[1] ?? '').matchAll(/[A-Z]-\d{2,3}/g)].map(([id]) => id)
}

function withoutIds(title) {
  return title.replace(IDS, (all, ids) => all.slice(0, -ids.length))
}
