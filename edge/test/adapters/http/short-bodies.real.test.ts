import { connect } from 'node:net'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { shortBodies } from '../../../src/adapters/http/door-guards.ts'
import { startHttpServer, type HttpServer } from '../../../src/adapters/http/http-server.ts'

let server: HttpServer
let reached = 0
beforeAll(async () => {
  const app = new Hono()
  app.use(shortBodies((c, code) => c.json({ code }, 413)))
  app.post('/echo', async (c) => {
    reached += 1
    return c.json({ text: await c.req.text(), json: await c.req.json() })
  })
  const started = await startHttpServer((request, connection) => app.fetch(request, connection), {
    host: '127.0.0.1',
    port: 0,
  })
  if (!started.ok) throw new Error(started.error)
  server = started.value
})
afterAll(() => server.stop())

const url = (): string => `http://127.0.0.1:${server.port}/echo`

/** A bound against hanging; a server that does not close within it fails the test. */
const closesWithinMs = 20_000

/** Speaks HTTP by hand and answers all that came back until the server closed. */
function spoken(parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const heard: Buffer[] = []
    const socket = connect(server.port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part)
    })
    socket.setTimeout(closesWithinMs, () =>
      socket.destroy(new Error(`the server did not close within ${closesWithinMs} ms`)),
    )
    socket.on('data', (part) => heard.push(part))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    )
    socket.on('close', () => resolve(Buffer.concat(heard).toString('utf8')))
  })
}

it('a body in several pieces, cut in the middle of a letter, arrives whole', async () => {
  const body = Buffer.from(JSON.stringify({ name: 'रमेश' }))
  const head =
    `POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n` +
    `content-length: ${body.length}\r\n\r\n`
  const answer = await spoken([head, body.subarray(0, 11), body.subarray(11)])
  expect(answer).toContain('200 OK')
  expect(answer).toContain('"json":{"name":"रमेश"}')
})

it('a long body is refused by its announced length, and nothing behind the door is reached', async () => {
  const before = reached
  const response = await fetch(url(), { method: 'POST', body: 'x'.repeat(65_537) })
  expect(response.status).toBe(413)
  expect(await response.json()).toEqual({ code: 'body_too_long' })
  expect(reached).toBe(before)
})

it('a long body that announces no length is refused while it comes', async () => {
  const before = reached
  const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`
  const answer = await spoken([
    'POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
    ...[chunk, chunk, chunk],
  ])
  expect(answer).toContain('413')
  expect(answer.toLowerCase()).toContain('connection: close')
  expect(reached).toBe(before)
})

it('a caller who goes away in the middle of a body stops nothing', async () => {
  const before = reached
  const socket = connect(server.port, '127.0.0.1')
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  socket.write('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"half":')
  socket.destroy()
  const response = await fetch(url(), { method: 'POST', body: '{"whole":true}' })
  expect(await response.json()).toEqual({ text: '{"whole":true}', json: { whole: true } })
  expect(reached).toBe(before + 1)
})
