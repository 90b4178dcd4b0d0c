import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql'
import type { Project, ProjectSpec } from '../../engine/project/project.js'
import { Inherits } from '../access-rule.js'
import { opaqueId } from '../opaque-id.js'
import { JsonScalar } from '../scalars.js'
import { PageInfoType } from '../page-info.type.js'
import { UserErrorType } from '../user-error.type.js'

/** A project: what a team may deploy, from where, to where. */
@Inherits()
@ObjectType('Project')
export class ProjectType implements Project {
  @Field(() => ID)
  id: string

  @Field(() => String)
  name: string

  @Field(() => JsonScalar, { description: 'The spec of argoproj.io/v1alpha1 AppProject.' })
  spec: ProjectSpec

  @Field(() => Int)
  generation: number
}

export function toProjectView(project: Project): ProjectType {
  return { ...project, id: opaqueId('Project', project.id) }
}

@Inherits()
@ObjectType('ProjectEdge')
export class ProjectEdgeType {
  @Field(() => String)
  cursor: string

  @Field(() => ProjectType)
  node: ProjectType
}

@Inherits()
@ObjectType('ProjectConnection')
export class ProjectConnectionType {
  @Field(() => [ProjectEdgeType])
  edges: readonly ProjectEdgeType[]

  @Field(() => [ProjectType])
  nodes: readonly ProjectType[]

  @Field(() => PageInfoType)
  pageInfo: PageInfoType
}

@Inherits()
@ObjectType('ProjectPayload')
export class ProjectPayloadType {
  @Field(() => ProjectType, { nullable: true })
  project?: ProjectType

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@InputType()
export class CreateProjectInput {
  @Field(() => String)
  name: string

  @Field(() => JsonScalar)
  spec: unknown

  @Field(() => Boolean, { nullable: true, description: 'Change it when it exists.' })
  upsert?: boolean | null

  @Field(() => Int, {
    nullable: true,
    description: 'The generation that you saw; refused when it changed.',
  })
  generation?: number | null
}

@InputType()
export class RemoveProjectInput {
  @Field(() => String)
  name: string
}
