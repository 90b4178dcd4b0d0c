import { readFile } from 'node:fs/promises'

/** Counts of a vitest JSON report; a file that failed to load (no tests of its own) counts as one failure. */
export async function readTestCounts(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(text)
  const broken = report.testResults.filter(
    (one) => one.status === 'failed' && !one.assertionResults.some((test) => test.status === 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
