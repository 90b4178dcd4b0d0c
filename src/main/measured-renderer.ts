import { Renderer, type Render, type RenderInput } from '../render/renderer.js'
import type { Metrics } from '../telemetry/metrics.js'

/** Counts and times renders. */
export class MeasuredRenderer extends Renderer {
  readonly #renderer: Renderer
  readonly #metrics: Metrics

  constructor(renderer: Renderer, metrics: Metrics) {
    super()
    this.#renderer = renderer
    this.#metrics = metrics
  }

  override get version(): string {
    return this.#renderer.version
  }

  override async render(input: RenderInput): Promise<Render> {
    const begin = performance.now()
    let outcome = 'failed'
    try {
      const render = await this.#renderer.render(input)
      outcome = 'done'
      return render
    } finally {
      this.#metrics.count('lockstep_render_total', { outcome })
      this.#metrics.observe('lockstep_render_duration_seconds', {}, (performance.now() - begin) / 1000)
    }
  }
}
