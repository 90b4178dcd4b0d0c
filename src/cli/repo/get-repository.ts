import type { CommandContext } from '../command-context.js'
import { connectionLines } from '../output/connection.js'
import { documentText, isDocumentFormat, unknownFormat } from '../output/print.js'
import { table } from '../output/table.js'
import { credentialWord, REPOSITORY_FIELDS, type RepositoryView } from './repositories.js'

/** `repo get URL`, however the URL is spelled. */
export async function getRepository(context: CommandContext): Promise<number> {
  const { flags, args, io } = context
  const client = await context.client()
  const { repository } = await client.ask<{ readonly repository: RepositoryView }>(
    `query($url: String!) { repository(url: $url) { ${REPOSITORY_FIELDS} } }`,
    { url: args[0] },
  )
  const format = flags.text('output') ?? 'wide'
  if (format === 'name' || format === 'url') io.out(`${repository.url}\n`)
  else if (isDocumentFormat(format)) io.out(await documentText(repository, format))
  else if (format !== 'wide') throw unknownFormat(format)
  else io.out(summary(repository))
  return 0
}

function summary(repository: RepositoryView): string {
  return table(
    [],
    [
      ['Repo:', repository.url],
      ['Type:', 'git'],
      ['Name:', repository.name ?? ''],
      ['Project:', repository.project ?? ''],
      ['Username:', repository.username ?? ''],
      ['Credential:', credentialWord(repository)],
      ['Insecure:', String(repository.insecureTls)],
      ...connectionLines(repository.connection),
    ],
  )
}
