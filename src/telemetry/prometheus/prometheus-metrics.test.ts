import { describe, expect, it } from 'vitest'
import type { Sample } from '../metrics.js'
import { PrometheusMetrics } from './prometheus-metrics.js'

const app = (name: string, sync: string): Sample => ({
  name: 'lockstep_app_info',
  labels: {
    namespace: 'argocd',
    name,
    project: 'default',
    repo: 'https://git.test/x',
    dest_cluster: 'one',
    dest_namespace: 'shop',
    sync_status: sync,
    health_status: 'Healthy',
    autosync_enabled: 'true',
    operation: '',
  },
  value: 1,
})

describe('PrometheusMetrics', () => {
  it('counts and times under the names of the table', async () => {
    const metrics = new PrometheusMetrics({ ofProcess: false })
    metrics.count('lockstep_git_request_total', { request_type: 'fetch', outcome: 'failed' })
    metrics.count('lockstep_git_request_total', { request_type: 'fetch', outcome: 'failed' }, 2)
    metrics.observe('lockstep_app_reconcile', { outcome: 'done' }, 0.02)
    const { text, contentType } = await metrics.page()
    expect(contentType).toMatch(/^text\/plain/)
    expect(text).toContain('lockstep_git_request_total{request_type="fetch",outcome="failed"} 3')
    expect(text).toContain('lockstep_app_reconcile_bucket{le="0.025",outcome="done"} 1')
  })

  it('forgets facts that are no longer the case', async () => {
    const metrics = new PrometheusMetrics({ ofProcess: false })
    let samples = [app('shop', 'Synced'), app('gone', 'Synced')]
    metrics.add({ name: 'applications', samples: async () => samples })
    expect((await metrics.page()).text).toContain('name="gone"')
    samples = [app('shop', 'OutOfSync')]
    const { text } = await metrics.page()
    expect(text.match(/^lockstep_app_info\{/gm)).toHaveLength(1)
    expect(text).toMatch(/name="shop".*sync_status="OutOfSync"/)
  })

  it('answers in time when a source fails or hangs, and says so', async () => {
    const metrics = new PrometheusMetrics({ ofProcess: false, sourceTimeoutMs: 20 })
    metrics.add({ name: 'hangs', samples: () => new Promise(() => undefined) })
    metrics.add({ name: 'fails', samples: () => Promise.reject(new Error('no database')) })
    metrics.add({ name: 'works', samples: async () => [app('shop', 'Synced')] })
    const { text } = await metrics.page()
    expect(text).toContain('name="shop"')
    expect(text).toContain('lockstep_scrape_errors_total{source="hangs"} 1')
    expect(text).toContain('lockstep_scrape_errors_total{source="fails"} 1')
  })

  it('never has more series than it may', async () => {
    const metrics = new PrometheusMetrics({ ofProcess: false, mostSeries: 3 })
    for (let at = 0; at < 50; at++) {
      const labels = { cluster: `c${at}`, verb: 'GET', code: '200' }
      metrics.count('lockstep_cluster_api_requests_total', labels)
    }
    const { text } = await metrics.page()
    expect(text.match(/^lockstep_cluster_api_requests_total\{/gm)).toHaveLength(4)
    expect(text).toContain('{cluster="other",verb="other",code="other"} 47')
  })
})
