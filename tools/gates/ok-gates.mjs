/** Compiled by the gate `types`, read by `generated text`: `dist` is left to the commands that run it. */
const CHECKED = '.lockstep/checked'

const vitest = 'node_modules/vitest/vitest.mjs'
const compiler = 'node_modules/ts7/bin/tsc'
const knip = 'node_modules/knip/bin/knip.js'

/** One vitest project as a gate. */
export function testGate(name, project, options = {}) {
  const report = `.lockstep/test-report-${project}.json`
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return { name, args: [vitest, 'run', '--project', project, ...reporters], report, ...options }
}

/** What `npm run ok` runs, in this order: the quick and the frequent first. */
export const okGates = [
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'] },
  { name: 'lint', args: ['node_modules/oxlint/bin/oxlint'] },
  { name: 'types', args: [compiler, '-p', '.', '--outDir', CHECKED, '--sourceMap', 'false'] },
  { name: 'engine types', args: [compiler, '-p', 'tsconfig.engine.json'] },
  {
    name: 'layers',
    args: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '-c',
      '.dependency-cruiser.mjs',
      'src',
      'test',
      'bench',
      'quickstart',
    ],
  },
  { name: 'words', args: ['tools/check-words.mjs'] },
  { name: 'docs', args: ['tools/check-docs.mjs'] },
  { name: 'quality', args: ['tools/check-quality.mjs'] },
  { name: 'generated text', args: ['tools/check-generated.mjs', CHECKED] },
  { name: 'unused', args: [knip, '--no-progress'] },
  testGate('unit tests', 'unit'),
]
