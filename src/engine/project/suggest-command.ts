const PLAIN = /^[\w./:@%+=,-]+$/

/** How an admin permits the repository, as a command that can be pasted. */
export function addSourceCommand(project: string, repoURL: string): string {
  return command('add-source', project, repoURL)
}

interface Place {
  readonly server: string
  readonly name: string
  readonly namespace: string
}

/** How an admin permits the destination, as a command that can be pasted. */
export function addDestinationCommand(project: string, { server, name, namespace }: Place): string {
  if (name === '') return command('add-destination', project, server, namespace)
  return `${command('add-destination', project, name, namespace)} --name`
}

/** How an admin permits the kind, as a command that can be pasted. */
export function allowKindCommand(
  project: string,
  question: { readonly group: string; readonly kind: string; readonly namespaced: boolean },
): string {
  const verb = question.namespaced ? 'allow-namespace-resource' : 'allow-cluster-resource'
  return command(verb, project, question.group, question.kind)
}

function command(verb: string, ...words: readonly string[]): string {
  return ['lockstep proj', verb, ...words.map(quoted)].join(' ')
}

/** Whoever declares an application chooses these words, and somebody with more rights pastes them into a shell. */
function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
