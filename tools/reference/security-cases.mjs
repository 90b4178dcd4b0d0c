/**
 * Which attack is tried by which case. The title of a case begins with the ids that it closes (`C-32 after logout …`);
 * the ids stand in test/security/rows.json, with the reason when there is no case yet.
 */
const IDS = /^(?:[A-Z]-\d{2,3}\b[:,]?\s+)+/

export const CONCERNS_ATTACKS = /['"`][A-Z]-\d{2,3}\b/

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
      else known.push({ file, title: title.replace(IDS, '') })
    }
  }
  for (const { id, notYet } of rows) {
    if (cases.get(id).length > 0) continue
    if (before[id] !== undefined)
      faults.push(`${id}: its case is gone (${before[id][0].file}: ${before[id][0].title})`)
    else if (!notYet) faults.push(`${id}: no case has a title that begins with it`)
  }
  return { cases: Object.fromEntries([...cases].filter(([, found]) => found.length > 0)), faults }
}

function idsOf(title) {
  return [...(IDS.exec(title)?.[0] ?? '').matchAll(/[A-Z]-\d{2,3}/g)].map(([id]) => id)
}
