/** docs/user/policies.md: every command runs, and answers what is printed beneath it. */
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../support/running-product.js'
import { Shell } from '../../e2e/printed-shell.js'

let folder: string
let shell: Shell

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-policies-'))
  await mkdir(join(folder, 'bin'))
  await symlink(join(ROOT, 'tools/lockstep.mjs'), join(folder, 'bin/lockstep'))
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, XDG_CONFIG_HOME: folder }
  shell = new Shell(folder, { replace: {}, env })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the page about policies', () => {
  it('[1.11 Tools] says what its commands answer', async () => {
    const page = await readFile(join(ROOT, 'docs/user/policies.md'), 'utf8')
    const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)]
    expect(blocks).toHaveLength(8)
    for (const [, block = '', shown = ''] of blocks) expect((await shell.tell(block)).out, block).toBe(shown)
  })
})
