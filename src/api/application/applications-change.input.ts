import { Field, InputType, Int } from '@nestjs/graphql'
import { PropagationEnum } from '../enums.js'
import { ApplicationFilterInput } from './application-list.input.js'
import { ApplicationNameInput, SyncWishInput } from './application.input.js'

/** Which applications; either names or a filter that is not empty. */
@InputType()
export class ApplicationChoiceInput {
  @Field(() => [ApplicationNameInput], { nullable: true })
  names?: readonly ApplicationNameInput[] | null

  @Field(() => ApplicationFilterInput, { nullable: true, description: 'All that fit; not empty.' })
  filter?: ApplicationFilterInput | null

  @Field(() => Int, { nullable: true, description: 'How many you expect; refused when others are chosen.' })
  expected?: number | null
}

@InputType()
export class SyncApplicationsInput extends SyncWishInput {
  @Field(() => ApplicationChoiceInput)
  choice: ApplicationChoiceInput

  @Field(() => String, { nullable: true, description: 'The same key answers the same operations.' })
  idempotencyKey?: string | null
}

@InputType()
export class RefreshApplicationsInput {
  @Field(() => ApplicationChoiceInput)
  choice: ApplicationChoiceInput

  @Field(() => Boolean, { nullable: true })
  hard?: boolean | null
}

@InputType()
export class DeleteApplicationsInput {
  @Field(() => ApplicationChoiceInput)
  choice: ApplicationChoiceInput

  @Field(() => Boolean, { nullable: true, description: 'Delete their objects too; default true.' })
  cascade?: boolean | null

  @Field(() => PropagationEnum, { nullable: true })
  propagation?: 'foreground' | 'background' | 'orphan' | null

  @Field(() => String, { nullable: true, description: 'The same key answers the same operations.' })
  idempotencyKey?: string | null
}
