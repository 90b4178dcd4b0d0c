import { createHash } from 'node:crypto'

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color:#1c2733}' +
  'h1{font-size:1.4rem}label{display:block;margin:1rem 0 .25rem}' +
  'input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #8a97a6;border-radius:6px}' +
  'button{font:inherit;margin-top:1rem;padding:.5rem 1rem;border:0;border-radius:6px;background:#14508c;color:#fff}' +
  '.fault{color:#a01818}code{background:#eef1f4;padding:.1rem .3rem;border-radius:4px}'

/** What the content security policy must allow for the style of this page: nothing else inline runs. */
export const SETUP_STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** The page behind the one-time link. No script at all. */
export function setupForm(token: string, fault?: string): string {
  const message = fault === undefined ? '' : `<p class="fault" role="alert">${escaped(fault)}</p>`
  return page(
    'Set the admin password',
    `<p>This link works once. At least 12 characters; a sentence is fine.</p>${message}
<form method="post" action="/setup">
<input type="hidden" name="token" value="${escaped(token)}">
<input type="hidden" name="username" value="admin" autocomplete="username">
<label for="password">New password of <code>admin</code></label>
<input id="password" name="password" type="password" required minlength="12" maxlength="256" autocomplete="new-password" autofocus>
<label for="again">Once more</label>
<input id="again" name="again" type="password" required minlength="12" maxlength="256" autocomplete="new-password">
<button type="submit">Set password</button>
</form>`,
  )
}

export function setupDone(publicUrl: string): string {
  return page(
    'The password is set',
    `<p>Sign in as <code>admin</code>, for example with</p>
<p><code>lockstep login ${escaped(publicUrl)} --username admin</code></p>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} - Lockstep</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
