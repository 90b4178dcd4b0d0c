import { Controller, Post, Req, Res, type RawBodyRequest } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ReceivePush } from './receive-push.js'

/** `POST /api/webhook`, where Argo CD has it too. Needs the bytes: signatures are made over them. */
@Controller('api/webhook')
export class WebhookController {
  private readonly receivePush: ReceivePush

  constructor(receivePush: ReceivePush) {
    this.receivePush = receivePush
  }

  @Post()
  async receive(@Req() request: RawBodyRequest<FastifyRequest>, @Res() reply: FastifyReply): Promise<void> {
    const { body } = request
    const rawBody = Buffer.isBuffer(body) ? body : (request.rawBody ?? new Uint8Array())
    const { status, message } = await this.receivePush.run({ headers: request.headers, rawBody })
    await reply.code(status).send({ message })
  }
}
