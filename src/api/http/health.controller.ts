import { Controller, Get, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { GatewaySettings } from '../gateway-settings.js'

/** Asked by the container platform and by people who look whether it runs. Says nothing about the inside. */
export abstract class Readiness {
  abstract notReady(): Promise<string | undefined>
}

@Controller()
export class HealthController {
  private readonly readiness: Readiness
  private readonly settings: GatewaySettings

  constructor(readiness: Readiness, settings: GatewaySettings) {
    this.readiness = readiness
    this.settings = settings
  }

  /** The process runs and its event loop turns. */
  @Get('livez')
  live(): string {
    return 'ok'
  }

  @Get('readyz')
  ready(@Res() reply: FastifyReply): Promise<void> {
    return this.answer(reply)
  }

  @Get('healthz')
  healthy(@Res() reply: FastifyReply): Promise<void> {
    return this.answer(reply)
  }

  @Get('api/version')
  version(): { readonly Version: string } {
    return { Version: this.settings.version }
  }

  private async answer(reply: FastifyReply): Promise<void> {
    const reason = await this.readiness.notReady().catch(() => 'a check failed')
    await reply.code(reason === undefined ? 200 : 503).send(reason ?? 'ok')
  }
}
