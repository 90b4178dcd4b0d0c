import { ArgsType, Field, InputType, Int } from '@nestjs/graphql'
import type { ApplicationPageWish, ApplicationWishFilter } from '../../applications/list-applications.js'
import { AppError } from '../../base/app-error.js'
import { parseLabelSelector } from '../../engine/application/label-selector.js'
import type { HealthStatus } from '../../engine/health/health.js'
import type { SyncStatus } from '../../engine/status/application-status.js'
import type { OperationPhase } from '../../engine/sync/operation.js'
import type { ApplicationCursor, ApplicationSortField } from '../../store/application-list.js'
import { ApplicationSortFieldEnum, HealthStatusEnum, OperationPhaseEnum, SyncStatusEnum } from '../enums.js'
import { fromCursor, toCursor } from '../opaque-id.js'
import { withoutNulls } from '../without-nulls.js'

@InputType()
export class ApplicationFilterInput {
  @Field(() => String, { nullable: true })
  project?: string | null

  @Field(() => SyncStatusEnum, { nullable: true, description: 'As shown: what is stale is UNKNOWN.' })
  sync?: SyncStatus | null

  @Field(() => HealthStatusEnum, { nullable: true, description: 'As shown: what is stale is UNKNOWN.' })
  health?: HealthStatus | null

  @Field(() => String, { nullable: true, description: 'Name or server of the destination.' })
  cluster?: string | null

  @Field(() => String, { nullable: true, description: 'Namespace of the destination.' })
  namespace?: string | null

  @Field(() => String, { nullable: true, description: 'Namespace of the declaration.' })
  appNamespace?: string | null

  @Field(() => String, { nullable: true, description: 'URL of any of its repositories, in any spelling.' })
  repository?: string | null

  @Field(() => String, { nullable: true, description: 'Label selector, as of Kubernetes.' })
  selector?: string | null

  @Field(() => OperationPhaseEnum, { nullable: true, description: 'Of the newest operation.' })
  operationPhase?: OperationPhase | null

  @Field(() => Boolean, { nullable: true, description: 'Is it synced automatically?' })
  autoSync?: boolean | null

  @Field(() => String, { nullable: true, description: 'Part of name, project, repository URL or path.' })
  text?: string | null
}

@InputType()
export class ApplicationOrderInput {
  @Field(() => ApplicationSortFieldEnum)
  field: ApplicationSortField

  @Field(() => Boolean, { nullable: true })
  descending?: boolean | null
}

@ArgsType()
export class ApplicationsArgs {
  @Field(() => Int, { defaultValue: 50 })
  first: number

  @Field(() => String, { nullable: true })
  after?: string | null

  @Field(() => ApplicationFilterInput, { nullable: true })
  filter?: ApplicationFilterInput | null

  @Field(() => ApplicationOrderInput, { nullable: true, description: 'Default: by name.' })
  orderBy?: ApplicationOrderInput | null
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const MAX_TEXT = 500

/** What the arguments ask for; BAD_USER_INPUT with the reason. */
export function pageWishOf(args: ApplicationsArgs): ApplicationPageWish {
  const order = args.orderBy && { field: args.orderBy.field, descending: args.orderBy.descending === true }
  return {
    first: args.first,
    filter: filterOf(args.filter),
    ...(order && { order }),
    ...(args.after != null && { after: cursorFrom(args.after, order?.field ?? 'name') }),
  }
}

/** The cursor says by what its list is sorted: taken to another order it would skip rows without a sign. */
export function cursorText(
  { name, namespace, value }: ApplicationCursor,
  field: ApplicationSortField,
): string {
  return toCursor(field === 'name' ? [name, namespace] : [name, namespace, field, value ?? ''])
}

function cursorFrom(after: string, wanted: ApplicationSortField): ApplicationCursor {
  const key = fromCursor(after)
  const [name = '', namespace = '', field = 'name', value] = key
  const isWhole = key.length === (wanted === 'name' ? 2 : 4) && !key.slice(0, 2).includes('')
  if (!isWhole || field !== wanted || !isValueOf(wanted, value)) {
    throw new AppError('BAD_USER_INPUT', 'The cursor "after" belongs to a list in another order.')
  }
  return { name, namespace, ...(value !== undefined && { value }) }
}

function isValueOf(field: ApplicationSortField, value: string | undefined): boolean {
  if (field === 'name') return value === undefined
  if (field === 'sync' || field === 'health') return /^\d$/.test(value ?? '')
  return value !== undefined && ISO_TIME.test(value) && !Number.isNaN(Date.parse(value))
}

/** What a filter asks for; BAD_USER_INPUT with the reason. */
export function filterOf(filter: ApplicationFilterInput | null | undefined): ApplicationWishFilter {
  if (filter == null) return {}
  const { selector, ...wishes } = withoutNulls({ ...filter })
  const tooLong = Object.values(wishes).some((value) => typeof value === 'string' && value.length > MAX_TEXT)
  if (tooLong)
    throw new AppError('BAD_USER_INPUT', `A filter is longer than ${MAX_TEXT} characters: shorten it.`)
  const labels = selector === undefined ? [] : parseLabelSelector(selector)
  if (typeof labels === 'string') throw new AppError('BAD_USER_INPUT', `Cannot filter by labels: ${labels}.`)
  return { ...wishes, ...(labels.length > 0 && { labels }) }
}
