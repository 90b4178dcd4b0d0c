import { describe, expect, it } from 'vitest'
import { AppError, reasonOf } from '../../base/app-error.js'
import type { ApplicationSource } from '../../engine/application/application.js'
import { valueAt } from '../../engine/manifest/read-json.js'
import { SourceFiles, type SourceFile, type SourceFolder } from '../source-files.js'
import { DirectoryRenderer } from './directory-renderer.js'

type File = string | Uint8Array | { readonly link: string }

/** A commit in memory: paths to contents. */
class MemoryFiles extends SourceFiles {
  private readonly files: Readonly<Record<string, File>>

  constructor(files: Readonly<Record<string, File>>) {
    super()
    this.files = files
  }

  async list({ path: folder }: SourceFolder, recurse: boolean): Promise<readonly SourceFile[]> {
    const prefix = folder === '' ? '' : `${folder}/`
    const below = Object.entries(this.files).filter(([path]) => path.startsWith(prefix))
    if (below.length === 0 && folder !== '')
      throw new AppError('NOT_FOUND', `Path "${folder}" does not exist`)
    return below
      .filter(([path]) => recurse || !path.slice(prefix.length).includes('/'))
      .map(([path, file]) => {
        const isLink = typeof file === 'object' && 'link' in file
        return { path, kind: isLink ? 'link' : 'file', oid: path } as const
      })
  }

  async read(_: string, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return new Map(oids.map((oid) => [oid, bytesOf(this.files[oid] ?? '')]))
  }
}

function bytesOf(file: File): Uint8Array {
  if (file instanceof Uint8Array) return file
  return new TextEncoder().encode(typeof file === 'string' ? file : file.link)
}

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`

function render(files: Readonly<Record<string, File>>, source: Partial<ApplicationSource> = {}) {
  const renderer = new DirectoryRenderer(new MemoryFiles(files))
  return renderer.render({
    repositoryId: 'r1',
    commit: 'c'.repeat(40),
    source: { repoURL: 'https://git.example.com/x', path: 'app', ...source },
  })
}

async function names(...given: Parameters<typeof render>): Promise<readonly string[]> {
  return (await render(...given)).manifests.map(({ manifest }) => manifest.metadata.name)
}

async function refusal(...given: Parameters<typeof render>): Promise<string> {
  try {
    await render(...given)
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', retry: 'never' })
    return reasonOf(error)
  }
  throw new Error('the render was not refused')
}

/** The first value of `data` as the API server would read it. */
async function value(yaml: string): Promise<unknown> {
  const { manifests } = await render({ 'app/a.yaml': `${configMap('a')}data:\n  v: ${yaml}\n` })
  return valueAt(manifests[0]?.manifest, 'data', 'v')
}

describe('DirectoryRenderer selects', () => {
  it('yaml, yml and json files of the folder alone, in path order', async () => {
    const files = {
      'app/c.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}',
      'app/b.yml': configMap('b'),
      'app/a.yaml': configMap('a'),
      'app/notes.txt': configMap('txt'),
      'app/deep/d.yaml': configMap('d'),
      'other/e.yaml': configMap('e'),
    }
    expect(await names(files)).toEqual(['a', 'b', 'c'])
    expect(await names(files, { directory: { recurse: true } })).toEqual(['a', 'b', 'c', 'd'])
    expect(await names(files, { path: './app/' })).toEqual(['a', 'b', 'c'])
    expect(await names(files, { path: '.', directory: { recurse: true } })).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('by include and exclude, exclude first, on the path below the folder', async () => {
    const files = {
      'app/a.yaml': configMap('a'),
      'app/b.yaml': configMap('b'),
      'app/env/c.yaml': configMap('c'),
    }
    const by = (directory: ApplicationSource['directory']) =>
      names(files, { directory: { recurse: true, ...directory } })
    expect(await by({ include: '{a,b}.yaml' })).toEqual(['a', 'b'])
    expect(await by({ include: '*.yaml' })).toEqual(['a', 'b', 'c'])
    expect(await by({ exclude: 'env/*' })).toEqual(['a', 'b'])
    expect(await by({ include: '*', exclude: 'a.yaml' })).toEqual(['b', 'c'])
  })

  it('no hidden folders, no skipped files, no well-formed files without objects', async () => {
    const files = {
      'app/.github/workflow.yaml': configMap('hidden'),
      'app/skipped.yaml': `# +argocd:skip-file-rendering\n${configMap('skipped')}`,
      'app/values.yaml': 'replicas: 3\nimage: {tag: v1}\n',
      'app/empty.yaml': '# nothing\n---\n',
      'app/a.yaml': configMap('a'),
    }
    expect(await names(files, { directory: { recurse: true } })).toEqual(['a'])
  })

  it('nothing from a folder without manifests, and says that this is complete', async () => {
    expect(await render({ 'app/.gitkeep': '' })).toEqual({ manifests: [], inputs: ['app'] })
  })

  it('nothing for a source that is only referred to', async () => {
    const source: ApplicationSource = { repoURL: 'https://git.example.com/x', ref: 'values' }
    const renderer = new DirectoryRenderer(new MemoryFiles({}))
    const answer = await renderer.render({ repositoryId: 'r', commit: 'c'.repeat(40), source })
    expect(answer.manifests).toEqual([])
  })
})

describe('DirectoryRenderer reads', () => {
  it('several documents of one file, with the line of each', async () => {
    const text = `# first\n${configMap('a')}---\n\n${configMap('b')}---\n---\n# third\n\n${configMap('c')}`
    const { manifests } = await render({ 'app/x.yaml': text })
    expect(manifests.map(({ manifest, origin }) => [manifest.metadata.name, origin.line])).toEqual([
      ['a', 2],
      ['b', 8],
      ['c', 16],
    ])
  })

  it('lists as their items, typed lists and lists in lists too', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
        { apiVersion: 'v1', kind: 'ConfigMapList', items: [{ metadata: { name: 'b' } }] },
      ],
    }
    const { manifests } = await render({ 'app/x.json': JSON.stringify(list) })
    expect(manifests.map(({ manifest }) => `${manifest.kind} ${manifest.metadata.name}`)).toEqual([
      'ConfigMap a',
      'ConfigMap b',
    ])
  })

  it.each([
    ['yes', true],
    ['"yes"', 'yes'],
    ['Off', false],
    ['0644', 420],
    ['0o644', 420],
    ['0x1F', 31],
    ['08', 8],
    ['1_000', 1000],
    ['1e3', 1000],
    ['1e309', '1e309'],
    ['y', true],
    ['1.10', 1.1],
    ['2024-01-01T00:00:00.000001Z', '2024-01-01T00:00:00.000001Z'],
    ['1:30', '1:30'],
    ['.:', '.:'],
    ['~', null],
    ['NaN', 'NaN'],
  ])('the scalar %s as the API server does', async (yaml, expected) => {
    if (yaml === '.:') {
      const { manifests } = await render({ 'app/a.yaml': `${configMap('a')}data:\n  "f:x":\n    .: {}\n` })
      expect(manifests[0]?.manifest['data']).toEqual({ 'f:x': { '.': {} } })
    } else expect(await value(yaml)).toEqual(expected)
  })

  it('merge keys, byte order marks and Windows line ends', async () => {
    const text = `\uFEFF${configMap('a')}base: &b {v: 1}\ndata:\n  <<: *b\n  w: 2\n`.replaceAll('\n', '\r\n')
    const { manifests } = await render({ 'app/a.yaml': text })
    expect(manifests[0]?.manifest['data']).toEqual({ v: 1, w: 2 })
  })

  it('links inside the repository, and records where they lead', async () => {
    const files = {
      'app/link.yaml': { link: '../base/./cm.yaml' },
      'base/cm.yaml': { link: 'real.yaml' },
      'base/real.yaml': configMap('real'),
      'app/dangling.yaml': { link: '../none.yaml' },
    }
    const answer = await render(files)
    expect(answer.manifests.map(({ origin }) => origin.file)).toEqual(['app/link.yaml'])
    expect(answer.inputs).toEqual(['app', 'base/cm.yaml', 'base/real.yaml'])
  })
})

describe('R-25 DirectoryRenderer refuses, with file and line', () => {
  it.each([
    ['a tab', `${configMap('a')}data:\n\tx: 1\n`, /^app\/bad\.yaml:6: /],
    ['a broken file that looks like nothing', 'foo: [\n', /^app\/bad\.yaml:\d: /],
    [
      'two objects of which one is none',
      `${configMap('a')}---\nfoo: 1\n`,
      /^app\/bad\.yaml:6: "apiVersion" is missing/,
    ],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', /^app\/bad\.yaml:1: "kind" is missing/],
    ['no metadata', 'apiVersion: v1\nkind: ConfigMap\n', /^app\/bad\.yaml:1: "metadata" is missing/],
    ['a text among objects', `${configMap('a')}---\nhello\n`, /^app\/bad\.yaml:6: .*not an object/],
    ['a code tag', `${configMap('a')}data: !!js/function 'x'\n`, /^app\/bad\.yaml:5: /],
    ['an infinite number', `${configMap('a')}data: {x: .inf}\n`, /^app\/bad\.yaml:1: .*infinite/],
    ['a number that would lose digits', `${configMap('a')}data: {x: 9007199254740993}\n`, /2\^53/],
    ['a prototype', `${configMap('a')}data: {__proto__: {x: 1}}\n`, /__proto__/],
    ['100,000 levels', `${configMap('a')}data: ${'['.repeat(100_000)}\n`, /^app\/bad\.yaml:\d/],
    ['a million documents', '---\n'.repeat(1_000_000), /more than 10000 documents/],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x61, 0]), /not UTF-8/],
  ])('%s', async (_, content, expected) => {
    const started = performance.now()
    expect(await refusal({ 'app/good.yaml': configMap('good'), 'app/bad.yaml': content })).toMatch(expected)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('A-21 a billion laughs, in milliseconds', async () => {
    const levels = Array.from({ length: 12 }, (_, index) => {
      const before = index === 0 ? '"lol"' : `*l${index - 1}`
      return `l${index}: &l${index} [${Array.from({ length: 10 }, () => before).join(', ')}]\n`
    })
    const started = performance.now()
    expect(await refusal({ 'app/bomb.yaml': `${configMap('a')}${levels.join('')}` })).toContain('aliases')
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('B-38 links that lead out of the repository or in a circle', async () => {
    for (const link of ['/etc/passwd', '../../etc/passwd', '../app/../../x.yaml', 'a\\b']) {
      expect(await refusal({ 'app/x.yaml': { link } })).toContain('leads out of the repository')
    }
    const circle = { 'app/x.yaml': { link: 'y.yaml' }, 'app/y.yaml': { link: 'x.yaml' } }
    expect(await refusal(circle)).toContain('circle')
  })

  it('paths that do not exist or leave the repository', async () => {
    expect(await refusal({ 'other/a.yaml': '' })).toMatch(/Path "app" does not exist.*check source\.path/)
    expect(await refusal({ 'app/a.yaml': '' }, { path: 'app/../..' })).toContain('must not contain ".."')
  })

  it('folders that belong to another tool, unless the source says directory', async () => {
    const chart = { 'app/Chart.yaml': 'name: x\n', 'app/a.yaml': configMap('a') }
    expect(await refusal(chart)).toContain('app/Chart.yaml:1: the path is a Helm chart')
    expect(await names(chart, { directory: {} })).toEqual(['a'])
    expect(await refusal({ 'app/kustomization.yml': '' })).toContain('Kustomize')
    expect(await refusal({ 'app/.argocd-source-x.yaml': '' }, { directory: {} })).toContain('overrides')
    expect(await refusal({ 'app/x.jsonnet': '{}' })).toContain('Jsonnet')
  })

  it('never quotes the content in an error', async () => {
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  a: "canary\n  b: [canary\n`
    expect(await refusal({ 'app/s.yaml': secret })).not.toContain('canary')
    expect(await refusal({ 'app/s.json': '{"kind":"Secret","x":canary}' })).not.toContain('canary')
  })
})
