import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** Node's own request and answer, where the app runs on its server. */
export function onNode(c: Context): Partial<HttpBindings> {
  // Another server gives its own environment, or none.
  return (c.env as Partial<HttpBindings> | undefined) ?? {}
}

/**
 * A header of the request by its lower-case name, several of one name joined. On Node it is read
 * where Node has put it: the standard's header object costs as much as all the guards together.
 */
export function requestHeader(c: Context, name: string): string | undefined {
  const { incoming } = onNode(c)
  if (incoming === undefined) return c.req.header(name)
  const value = incoming.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
