import { Module, type DynamicModule } from '@nestjs/common'
import { ReceivePush, type ReceivePushDeps } from './receive-push.js'
import { WebhookController } from './webhook.controller.js'

/** Routes of this module that answer without a session: their callers sign what they send. */
export const WEBHOOK_PATHS: readonly string[] = ['/api/webhook']

@Module({})
export class WebhooksModule {
  static forRoot(deps: ReceivePushDeps): DynamicModule {
    return {
      module: WebhooksModule,
      controllers: [WebhookController],
      providers: [{ provide: ReceivePush, useFactory: () => new ReceivePush(deps) }],
    }
  }
}
