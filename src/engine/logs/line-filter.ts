/**
 * Which lines are wanted (contract 1.6): those that contain the text; with `!` before it those that do not. Without
 * `matchCase` capitals count like small letters.
 */
export function lineFilter(filter: string, matchCase: boolean): (text: string) => boolean {
  if (filter === '') return () => true
  const inverted = filter.startsWith('!')
  const bare = inverted ? filter.slice(1) : filter
  const wanted = matchCase ? bare : bare.toLowerCase()
  return (text) => (matchCase ? text : text.toLowerCase()).includes(wanted) !== inverted
}
