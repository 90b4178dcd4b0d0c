import pg from 'pg'

const TIMESTAMPTZ = 1184

/** Readers of columns for `pg`: times, a sixth of a list's columns, by the engine's own parser, all else as `pg` has it. */
export const COLUMN_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (type: number, format?: 'text' | 'binary') =>
    type === TIMESTAMPTZ && format !== 'binary' ? timeOf : pg.types.getTypeParser(type, format),
}

const readAny = pg.types.getTypeParser(TIMESTAMPTZ)

/** The session is in UTC, so a time ends in "+00"; what does not (other years than of four digits, infinity) is rare. */
function timeOf(text: string): unknown {
  if (text[10] !== ' ' || !text.endsWith('+00')) return readAny(text)
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
}
