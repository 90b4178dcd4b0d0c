import type { BusEvent } from './event-bus.js'

export function textOf(event: BusEvent): string {
  return JSON.stringify(event)
}

/** Undefined for what is no event: others may write to the same place. */
export function eventOf(text: string): BusEvent | undefined {
  const content = parsed(text)
  if (content === undefined) return undefined
  const { topic, applicationIds, operationIds, sequence } = content
  if (topic === 'application' && isIds(applicationIds)) {
    return { topic, applicationIds, ...(typeof sequence === 'number' && { sequence }) }
  }
  return topic === 'operation' && isIds(operationIds) ? { topic, operationIds } : undefined
}

/** The event as texts of at most `most` bytes each, where its ids are shorter than that; their order stays. */
export function textsOf(event: BusEvent, most: number): readonly string[] {
  const ids = event.topic === 'application' ? event.applicationIds : event.operationIds
  const text = textOf(event)
  if (ids.length <= 1 || Buffer.byteLength(text) <= most) return [text]
  const middle = Math.ceil(ids.length / 2)
  return [ids.slice(0, middle), ids.slice(middle)].flatMap((half) => textsOf(withIds(event, half), most))
}

function withIds(event: BusEvent, ids: readonly string[]): BusEvent {
  return event.topic === 'application'
    ? { ...event, applicationIds: ids }
    : { topic: 'operation', operationIds: ids }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(text)
    return typeof content === 'object' && content !== null ? { ...content } : undefined
  } catch {
    return undefined
  }
}

function isIds(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'string')
}
