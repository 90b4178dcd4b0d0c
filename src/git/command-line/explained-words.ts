import type { ConnectionStage } from '../../base/connection-stage.js'
import type { RemoteAddress } from './remote-address.js'

interface Explanation {
  readonly words: RegExp
  readonly stage: ConnectionStage
  /** What it means and what to look at, without a stop at its end. */
  readonly means: (remote: RemoteAddress) => string
  /** Git's own words say nothing more, or something that misleads. */
  readonly hidesWords?: boolean
}

const EXPLANATIONS: readonly Explanation[] = [
  // Git wants to ask a person: the server sent 401, with a credential or without.
  {
    words: /could not read (Username|Password)/,
    stage: 'AUTHENTICATION',
    means: refusedCredential,
    hidesWords: true,
  },
  { words: /Authentication failed|error: 401/, stage: 'AUTHENTICATION', means: refusedCredential },
  {
    words: /error: 403/,
    stage: 'AUTHORIZATION',
    means: () => 'the server does not permit it (403). Check that the credential may read this repository',
  },
  {
    words: /Could not resolve host/i,
    stage: 'DNS',
    means: ({ url }) =>
      `the name "${new URL(url).hostname}" cannot be resolved (DNS). Check the URL, and the name servers of this installation`,
  },
  {
    words:
      /SSL certificate|certificate verification|certificate problem|gnutls_|(SSL|TLS) (connect|connection|hand|routines)|: SSL:|local issuer/i,
    stage: 'TLS',
    means: () =>
      'no trusted connection (TLS). Check the certificate of the server, and that its authority is known to this machine',
  },
  {
    words:
      /Connection refused|Failed to connect|Couldn't connect|timed out|No route to host|Network is unreachable/i,
    stage: 'TCP',
    means: () => 'the server cannot be reached. Check address, port, network and firewall',
  },
  {
    words: /error: 30\d|unable to update url base from redirection/,
    stage: 'PROTOCOL',
    means: () => 'the server redirects, which is not followed. Register the address that it redirects to',
  },
  {
    words: /is this a git repository\?/,
    stage: 'PROTOCOL',
    means: () => 'what answers there does not speak Git. Check the URL: it may be that of a web page',
  },
  {
    words: /error: 404|not found/i,
    stage: 'NOT_FOUND',
    means: () =>
      'there is no such repository, or this credential may not see it. Check the URL and the credential',
  },
  {
    words: /error: 5\d\d/,
    stage: 'SERVER',
    means: () => 'the server failed. It is tried again by itself',
  },
]

/** What Git said: where it failed, and a clear sentence before its own words; they alone where nothing is known about them. */
export function explainedWords(
  words: string,
  remote: RemoteAddress,
): { readonly text: string; readonly stage?: ConnectionStage } {
  const found = EXPLANATIONS.find((explanation) => explanation.words.test(words))
  if (found === undefined) return { text: words }
  const { stage } = found
  const sentence = `${found.means(remote)}.`
  return found.hidesWords === true
    ? { text: sentence, stage }
    : { text: `${sentence} Git says: ${words}`, stage }
}

function refusedCredential(remote: RemoteAddress): string {
  if (remote.password === undefined && remote.username === undefined) {
    return 'the server asks for a user name and password, and none is stored for it. Connect the repository with a credential (lockstep repo add URL --username NAME --password-stdin)'
  }
  return 'the server refuses the user name and password. Check the credential of the repository: that it is right, and has not expired'
}
