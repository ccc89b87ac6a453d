import { createServer, type AddressInfo, type Server } from 'node:net'
import { connect } from 'node:net'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFaultyLink, type FaultyLink } from '../../clients/faulty-link.ts'
import { waitUntil } from '../../clients/wait-until.ts'

let server: Server
let link: FaultyLink
let received = 0

beforeEach(async () => {
  received = 0
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      received += bytes.length
      socket.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const to = (server.address() as AddressInfo).port
  link = await openFaultyLink({ to, prng: seededPrng(3) })
})
afterEach(async () => {
  await link.close()
  await new Promise((resolve) => server.close(resolve))
})

function client() {
  const socket = connect(link.port, '127.0.0.1')
  const seen = { bytes: 0, error: '', closed: false }
  socket.on('data', (bytes) => (seen.bytes += bytes.length))
  socket.on('error', (error: NodeJS.ErrnoException) => (seen.error = error.code ?? ''))
  socket.on('close', () => (seen.closed = true))
  return { socket, seen }
}

const until = (what: string, ask: () => boolean): Promise<true> =>
  waitUntil({ what, withinMs: 10_000 }, () => (ask() ? true : undefined))

describe('the faulty link', () => {
  it('without a fault bytes pass both ways as they are', async () => {
    const { socket, seen } = client()
    socket.write(Buffer.alloc(300_000))
    await until('all back', () => seen.bytes === 300_000)
    socket.end()
    await until('closed', () => seen.closed)
  })

  it('cut: what is open is reset and nobody new is let in', async () => {
    const { socket, seen } = client()
    socket.write('a')
    await until('back', () => seen.bytes === 1)
    link.set({ kind: 'cut' })
    await until('reset', () => seen.closed)
    const late = client()
    await until('refused', () => late.seen.closed)
    expect(late.seen.bytes).toBe(0)
  })

  it('half-open: silence without an end, and what waited passes when it is over', async () => {
    link.set({ kind: 'half-open' })
    const { socket, seen } = client()
    socket.write('abc')
    await until('connected', () => link.counts().connections === 1)
    expect([received, seen.closed]).toEqual([0, false])
    link.set({ kind: 'none' })
    await until('back', () => seen.bytes === 3)
  })

  it('stall: bytes of a sender that went away still arrive', async () => {
    link.set({ kind: 'stall', ms: 200 })
    const { socket } = client()
    socket.write('abcd')
    await until('taken', () => link.counts().connections === 1)
    socket.end()
    await until('arrived', () => received === 4)
  })

  it('loss: a connection is closed before its bytes passed', async () => {
    link.set({ kind: 'loss', share: 1 })
    const { socket, seen } = client()
    socket.write('abc')
    await until('closed', () => seen.closed)
    expect([received, link.counts().dropped]).toEqual([0, 1])
  })

  it('slow: no more than so many bytes a second', async () => {
    link.set({ kind: 'slow', bytesPerSecond: 40_000 })
    const { socket, seen } = client()
    socket.write(Buffer.alloc(20_000))
    await until('some', () => received > 0)
    expect(received).toBeLessThan(20_000)
    await until('all', () => seen.bytes === 20_000)
  })
})
