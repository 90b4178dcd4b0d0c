/** A change of the schema that can break a client needs a note that says what to do instead. */
import { buildSchema, findBreakingChanges } from 'graphql'

const NOTE = /^- `([^`]+)` (.+)$/gm
const HOW = 'add to docs/reference/schema-changes.md: - `'

/** Answers what is wrong: changes without a note, and notes without a change. */
export function schemaFaults(released, current, page) {
  const changes = findBreakingChanges(buildSchema(released), buildSchema(current)).map(
    ({ description }) => description,
  )
  const notes = new Set([...page.matchAll(NOTE)].map(([, change]) => change))
  const silent = changes.filter((change) => !notes.has(change))
  const stale = [...notes].filter((note) => !changes.includes(note))
  return [
    ...silent.map(
      (change) => `This breaks clients: ${change} Undo it, or ${HOW}${change}\` What to do instead.`,
    ),
    ...stale.map((note) => `docs/reference/schema-changes.md: no such change since the release: ${note}`),
  ]
}
