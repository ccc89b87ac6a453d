import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, expect, it, vi } from 'vitest'
import { GuardedSocket } from '../../src/inlet/guarded-socket.ts'
import { eventually } from '../rigs/eventually.ts'

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

/** Both ends of a real connection; ours is guarded. */
async function guardedPair() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = (await once(server, 'connection')) as [Socket]
  const near = new GuardedSocket(socket)
  near.on('error', () => undefined)
  cleanUps.push(
    () => server.close(),
    () => far.destroy(),
    () => near.destroy(),
  )
  return { near, far, socket }
}

it('what is written within one turn is sent in one piece, in order', async () => {
  const { near, far, socket } = await guardedPair()
  const sent = vi.spyOn(socket, 'write')
  const heard: Buffer[] = []
  far.on('data', (bytes) => heard.push(bytes))
  for (let byte = 0; byte < 100; byte += 1) near.write(Uint8Array.of(byte))
  await eventually(() => Buffer.concat(heard).length === 100, 'all bytes')
  expect(sent).toHaveBeenCalledTimes(1)
  expect([...Buffer.concat(heard)]).toEqual(Array.from({ length: 100 }, (_, byte) => byte))
})

it('what was written before the end arrives before it', async () => {
  const { near, far } = await guardedPair()
  const heard: Buffer[] = []
  far.on('data', (bytes) => heard.push(bytes))
  near.write(Buffer.from('a'))
  near.end(Buffer.from('b'))
  await once(far, 'end')
  expect(Buffer.concat(heard).toString()).toBe('ab')
})

it('a peer that does not read holds the writer up, and gets every byte later', async () => {
  const { near, far } = await guardedPair()
  far.pause()
  const piece = Buffer.alloc(16_384, 7)
  let written = 0
  while (near.write(piece) && written < 10_000) {
    written += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  written += 1
  expect(written).toBeLessThan(10_000)
  let heard = 0
  far.on('data', (bytes) => (heard += bytes.length))
  far.resume()
  await eventually(() => heard === written * piece.length, 'every byte')
  near.destroy()
})

it('what was written before the connection is cut is still sent', async () => {
  const { near, far } = await guardedPair()
  const heard: Buffer[] = []
  far.on('data', (bytes) => heard.push(bytes))
  near.write(Buffer.from('refused'))
  near.destroy()
  await once(far, 'close')
  expect(Buffer.concat(heard).toString()).toBe('refused')
})
