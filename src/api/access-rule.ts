import { applyDecorators } from '@nestjs/common'
import { Extensions } from '@nestjs/graphql'
import type { AccessAction, AccessResource } from '../engine/access/principal.js'

/** `resource:action`; the guard asks whether the caller holds it anywhere, the feature asks for the very object. */
export type Permission = `${AccessResource}:${AccessAction}`

/** Keys in the extensions of a schema field or type. */
export const ACCESS_KEY = 'access'
export const COST_KEY = 'cost'

/** The field needs this permission. */
export function Allow(permission: Permission): MethodDecorator & PropertyDecorator & ClassDecorator {
  return applyDecorators(Extensions({ [ACCESS_KEY]: permission }))
}

/** The field needs a caller who signed in, no particular permission: it is about the caller. */
export function SignedIn(): MethodDecorator & PropertyDecorator & ClassDecorator {
  return applyDecorators(Extensions({ [ACCESS_KEY]: 'signed-in' }))
}

/** The field answers anybody. */
export function Public(): MethodDecorator & PropertyDecorator & ClassDecorator {
  return applyDecorators(Extensions({ [ACCESS_KEY]: 'public' }))
}

/** On a type or a field: whoever got the parent may read it. */
export function Inherits(): MethodDecorator & PropertyDecorator & ClassDecorator {
  return applyDecorators(Extensions({ [ACCESS_KEY]: 'inherits' }))
}

/** The field does the work of so many objects (default 0 on top of what it returns). */
export function Cost(objects: number): MethodDecorator & PropertyDecorator & ClassDecorator {
  return applyDecorators(Extensions({ [COST_KEY]: objects }))
}
