import type { RemoteAddress } from './remote-address.js'

interface Explanation {
  readonly words: RegExp
  /** What it means and what to look at, without a stop at its end. */
  readonly means: (remote: RemoteAddress) => string
  /** Git's own words say nothing more, or something that misleads. */
  readonly hidesWords?: boolean
}

const EXPLANATIONS: readonly Explanation[] = [
  // Git wants to ask a person: the server sent 401, with a credential or without.
  { words: /could not read (Username|Password)/, means: refusedCredential, hidesWords: true },
  { words: /Authentication failed|error: 401/, means: refusedCredential },
  {
    words: /error: 403/,
    means: () => 'the server does not permit it (403). Check that the credential may read this repository',
  },
  {
    words: /Could not resolve host/i,
    means: ({ url }) =>
      `the name "${new URL(url).hostname}" cannot be resolved (DNS). Check the URL, and the name servers of this installation`,
  },
  {
    words:
      /SSL certificate|certificate verification|certificate problem|gnutls_|(SSL|TLS) (connect|connection|hand|routines)|: SSL:|local issuer/i,
    means: () =>
      'no trusted connection (TLS). Check the certificate of the server, and that its authority is known to this machine',
  },
  {
    words:
      /Connection refused|Failed to connect|Couldn't connect|timed out|No route to host|Network is unreachable/i,
    means: () => 'the server cannot be reached. Check address, port, network and firewall',
  },
  {
    words: /error: 30\d|unable to update url base from redirection/,
    means: () => 'the server redirects, which is not followed. Register the address that it redirects to',
  },
  {
    words: /error: 404|not found/i,
    means: () =>
      'there is no such repository, or this credential may not see it. Check the URL and the credential',
  },
  {
    words: /error: 5\d\d/,
    means: () => 'the server failed. It is tried again by itself',
  },
]

/** A clear sentence for what Git said, then its own words; they alone where nothing is known about them. */
export function explainedWords(words: string, remote: RemoteAddress): string {
  const found = EXPLANATIONS.find((explanation) => explanation.words.test(words))
  if (found === undefined) return words
  const sentence = `${found.means(remote)}.`
  return found.hidesWords === true ? sentence : `${sentence} Git says: ${words}`
}

function refusedCredential(remote: RemoteAddress): string {
  if (remote.password === undefined && remote.username === undefined) {
    return 'the server asks for a user name and password, and none is stored for it. Connect the repository with a credential (lockstep repo add URL --username NAME --password-stdin)'
  }
  return 'the server refuses the user name and password. Check the credential of the repository: that it is right, and has not expired'
}
