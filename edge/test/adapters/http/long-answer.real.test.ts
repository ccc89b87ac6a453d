import { queryObjects } from 'node:v8'
import { present } from '@baari/shared/faults/assert'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, expect, it } from 'vitest'
import { startHttpServer } from '../../../src/adapters/http/http-server.ts'
import { eventually } from '../../support/child-process.ts'

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

const pieces = 3_000

type Source = { readonly answer: Response; send(text: string): void; fail(): void; gone(): boolean }

function source(): Source {
  let control: ReadableStreamDefaultController<Uint8Array> | undefined
  let gone = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (control = controller),
    cancel: () => void (gone = true),
  })
  return {
    answer: new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'x-own': 'yes' },
    }),
    send: (text) => control?.enqueue(Buffer.from(text)),
    fail: () => control?.error(new Error('cut off')),
    gone: () => gone,
  }
}

async function servedAt(path: string, { answer }: Source): Promise<Response> {
  const started = await startHttpServer(() => answer, { host: '127.0.0.1', port: 0 })
  if (!started.ok) throw new Error(started.error)
  cleanUps.push(() => started.value.stop())
  return fetch(`http://127.0.0.1:${started.value.port}${path}`)
}

async function readBytes(reader: ReadableStreamDefaultReader<Uint8Array>, most: number) {
  let read = 0
  while (read < most) read += (await reader.read()).value?.length ?? 0
}

it.each(['/v1/live', '/v1/board'])('the answer of %s keeps nothing it has sent', async (path) => {
  const from = source()
  const answer = await servedAt(path, from)
  expect(answer.headers.get('x-own')).toBe('yes')
  const reader = present(answer.body, 'a body').getReader()
  from.send('x')
  await readBytes(reader, 1)
  const before = queryObjects(Promise, { format: 'count' })
  for (let piece = 0; piece < pieces; piece += 1) {
    from.send('x')
    await readBytes(reader, 1)
  }
  const kept = Number(queryObjects(Promise, { format: 'count' })) - Number(before)
  expect(kept).toBeLessThan(pieces / 3)
  await reader.cancel()
  await eventually(from.gone, { what: 'the source to hear that the screen left' })
})

it('a screen that its source cuts off hears no end in good order', async () => {
  const from = source()
  const answer = await servedAt('/v1/live', from)
  const reader = present(answer.body, 'a body').getReader()
  from.send('x')
  await readBytes(reader, 1)
  from.fail()
  await expect(reader.read()).rejects.toThrow()
})
