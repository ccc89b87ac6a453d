import {
  kioskSale,
  type kioskBooking,
  type kioskWindows,
  type syncStatus,
  type whyWaiting,
} from '@baari/shared/contracts/http/edge-api'
import type { serviceView } from '@baari/shared/contracts/http/service-view'
import type { z } from 'zod'
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { AddressInfo } from 'node:net'
import { relative } from 'node:path'
import { publicBoardOf } from '@baari/edge/app/view/public-board'
import type { StationView } from '@baari/shared/contracts/live/station-view'

const attendants = [
  { id: '018f0000-0000-7000-8000-00000000a001', name: 'Ramesh Patel', role: 'attendant' },
  { id: '018f0000-0000-7000-8000-00000000a002', name: 'सुनीता यादव', role: 'attendant' },
  { id: '018f0000-0000-7000-8000-00000000a003', name: 'Imran Shaikh', role: 'manager' },
] as const

export type FixtureNode = {
  readonly url: string
  show(view: StationView): void
  /** The node is gone for its screens: every stream ends and none is opened again. */
  cutScreens(): Promise<void>
  close(): Promise<void>
}

/**
 * Serves the built kiosk with a station in a state that a real one is seldom in (every position
 * out of contact, hundreds in line), for pictures and accessibility checks. What the kiosk does
 * with a living node is the end-to-end run's business.
 */
export async function startFixtureNode(dist: string, first: StationView): Promise<FixtureNode> {
  let view = first
  let signedIn = false
  const app = new Hono()
  app.get('/v1/attendants', (c) => c.json({ attendants }))
  app.get('/v1/me', (c) =>
    signedIn
      ? c.json({ attendant: attendants[0], signedInAtMs: view.atMs })
      : c.json(notSignedIn, 401),
  )
  app.post('/v1/sign-in', (c) => {
    signedIn = true
    return c.json({ attendant: attendants[0], signedInAtMs: view.atMs })
  })
  app.get('/v1/live', (c) =>
    streamSSE(c, async (stream) => {
      await stream.writeSSE({ event: 'view', data: JSON.stringify(view) })
      await new Promise<void>((resolve) => stream.onAbort(resolve))
    }),
  )
  app.get('/v1/board', (c) =>
    streamSSE(c, async (stream) => {
      await stream.writeSSE({ event: 'board', data: JSON.stringify(publicBoardOf(view)) })
      await new Promise<void>((resolve) => stream.onAbort(resolve))
    }),
  )
  app.get('/v1/tickets/:id/why', (c) => c.json(whyOf(view)))
  app.post('/v1/walk-ins', (c) =>
    c.json(
      {
        ticket: { ...view.next[1], label: 'W-64', needsDetails: true },
        number: 64,
        wait: view.walkInWait,
      },
      201,
    ),
  )
  app.get('/v1/windows', (c) => c.json(windowsAt(view.atMs)))
  app.post('/v1/bookings', async (c) => {
    const { windowStartMs, plate } = kioskSale.parse(await c.req.json())
    return c.json(soldWindow(windowStartMs, plate), 201)
  })
  app.get('/v1/sync-status', (c) => c.json(syncStatusAt(view.atMs)))
  app.get('/v1/service', (c) => c.json(serviceAt(view.atMs)))
  app.get('/lane/:no', serveStatic({ path: `${relative(process.cwd(), dist)}/lane.html` }))
  app.use('/*', serveStatic({ root: relative(process.cwd(), dist) }))
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show(next) {
      view = next
    },
    cutScreens() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if ('closeAllConnections' in server) server.closeAllConnections()
      return closed
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

const notSignedIn = {
  type: 'about:blank',
  title: 'Sign in first',
  status: 401,
  code: 'not_signed_in',
}

/** A line with two devices of one address, a cut wire and an empty roll. */
function serviceAt(atMs: number): z.input<typeof serviceView> {
  const since = atMs - 11 * 60_000
  const fault = (subject: string, code: string, hint: string) => {
    return { subject, code, hint, sinceMs: since, raised: 2 }
  }
  return {
    faults: [
      fault('rs1', 'duplicate_address', 'a reply came from an address not asked'),
      fault('lel-1', 'bad_reading', '0 uA: wire or instrument'),
      fault('slip-1', 'printer_unready', 'the paper has ended'),
    ],
    readings: [
      { sensor: 'bank-high', name: 'mbar', value: 187_500, quality: 'good', lastGood: null },
      {
        ...{ sensor: 'lel-1', name: 'pct_lel', value: null, quality: 'bad' },
        lastGood: { value: 2, atMs: since },
      },
    ],
    devices: [
      { id: 'd1', kind: 'dispenser', state: 'online', detail: 'last frame is good' },
      { id: 'd2', kind: 'dispenser', state: 'offline', detail: 'no valid frame, 7 polls missed' },
      { id: 'slip-1', kind: 'printer', state: 'online', detail: 'answers' },
    ],
    lines: [
      { id: 'rs1', state: 'open', counters: { exchanges: 18_204, replies: 18_190, timeouts: 14 } },
      { id: 'np1', state: 'opening', counters: { exchanges: 902, replies: 902, timeouts: 0 } },
    ],
  }
}

const windowMs = 10 * 60_000

/** A walk-in whom two booked vehicles overtook, and one that a manager let go first. */
function whyOf({ next, rule, atMs }: StationView): z.input<typeof whyWaiting> {
  const ticket = next[1]
  if (ticket === undefined) throw new Error('nobody waits in this picture')
  const reason = { step: 'booked-turn', ...rule } as const
  const outOfTurn = { call: ticket.id, reason: 'person_in_need', note: null } as const
  return {
    ...{ ticket, place: 2, rule, positions: { fitting: 4, working: 3 } },
    ...{ overtakenBy: 2, outOfTurn: 1 },
    overtakers: [4, 9, 15].map((ago, n) => ({
      ...{ label: n === 2 ? 'W-52' : `B ${1_200 + n}`, kind: n === 2 ? 'walk-in' : 'booked' },
      ...{ windowStartMs: n === 2 ? null : atMs - 10 * 60_000, position: n + 1 },
      ...{ arrivedAtMs: atMs - (ago + 5) * 60_000, calledAtMs: atMs - ago * 60_000 },
      reason: n === 2 ? { ...reason, step: 'override', outOfTurn } : reason,
    })),
  }
}

/** An afternoon in which every fifth window is gone. */
function windowsAt(atMs: number): z.input<typeof kioskWindows> {
  const states = ['few', 'free', 'free', 'full', 'free'] as const
  const windows = Array.from({ length: 20 }, (_, no) => {
    const startMs = (Math.floor(atMs / windowMs) + 2 + no) * windowMs
    return { startMs, endMs: startMs + windowMs, state: states[no % states.length]! }
  })
  return { selling: true, windows }
}

/** Text as long as that of a real token: the QR has as many modules. */
const tokenText = `BAARI1:${'4Z988CKMWGSLK-C7BJ0'.repeat(14)}`

function soldWindow(windowStartMs: number, plate: string): z.input<typeof kioskBooking> {
  const windowEndMs = windowStartMs + windowMs
  const booking = '0192f3a4-5b6c-7d8e-9f01-23456789ab02'
  return { booking, windowStartMs, windowEndMs, plate, token: tokenText, code: '448611987' }
}

/** A link that came back a while ago, with one record put right and one question from the cloud. */
function syncStatusAt(atMs: number): z.input<typeof syncStatus> {
  const chain = 'ab'.repeat(32)
  return {
    ...{ linkUp: true, lastExchangeMs: atMs - 8_000, epoch: 'ab', unsentOps: 37 },
    oldestUnsentMs: atMs - 240_000,
    streams: [{ stream: 'ledger', nextSeq: 4_813, ackedSeq: 4_775, chain }],
    totals: { fills: 1_204, grams: 5_012_340, amountPaise: 45_797_751 },
    lastProof: {
      ...{ atMs: atMs - 33_000_000, outcome: 'repaired', rows: 4_812 },
      found: [
        { set: 'fills', key: '0192f3a4-5b6c-7d8e-9f01-23456789ab01', day: 20_779, mended: true },
      ],
    },
    conflicts: [
      {
        ...{ seq: 4_120, kind: 'fill.settled', verdict: 'flagged', code: 'amount_differs' },
        atMs: atMs - 900_000,
      },
    ],
  }
}
