import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../base/app-error.js'
import { CompleteSetup } from '../../login/complete-setup.js'
import { GatewaySettings } from '../gateway-settings.js'
import { placeOf } from '../request-context.js'
import { setupDone, setupForm } from './setup-page.js'

/** The first page anybody sees: sets the admin password with the link that the server printed. */
@Controller('setup')
export class SetupController {
  private readonly setup: CompleteSetup
  private readonly settings: GatewaySettings

  constructor(setup: CompleteSetup, settings: GatewaySettings) {
    this.setup = setup
    this.settings = settings
  }

  @Get()
  async form(@Query('token') token: unknown, @Res() reply: FastifyReply): Promise<void> {
    await html(reply, 200, setupForm(text(token)))
  }

  @Post()
  async complete(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const fields =
      body !== null && typeof body === 'object' ? new Map(Object.entries(body)) : new Map<string, unknown>()
    const token = text(fields.get('token'))
    const password = text(fields.get('password'))
    if (password !== text(fields.get('again'))) {
      await html(reply, 400, setupForm(token, 'The two passwords differ.'))
      return
    }
    try {
      await this.setup.run({ token, password }, placeOf({ request }))
      await html(reply, 200, setupDone(this.settings.publicUrl))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      await html(reply, error.code === 'UNAUTHENTICATED' ? 401 : 400, setupForm(token, error.message))
    }
  }
}

async function html(reply: FastifyReply, status: number, page: string): Promise<void> {
  await reply.code(status).type('text/html; charset=utf-8').send(page)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
