import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { startLedgerThread } from '@baari/edge/adapters/ledger/ledger-client'
import { httpLine } from '@baari/edge/adapters/sync/http-line'
import { systemClock } from '@baari/edge/adapters/system/system-clock'
import { systemIds } from '@baari/edge/adapters/system/system-ids'
import { startUplink, type Uplink } from '@baari/edge/app/sync/link-supervisor'
import { sessionKeeper } from '@baari/edge/app/sync/session-keeper'
import { stationClock } from '@baari/edge/app/sync/station-clock'
import type { Ledger } from '@baari/edge/ports/ledger'
import { stationShapes } from '@baari/shared/contracts/sync/shapes'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { stationNo } from '@baari/shared/units/names'
import { instant, mono } from '@baari/shared/units/time'
import { z } from 'zod'
import type { BenchCommands } from './bench-commands.ts'
import { bookingMoments, type Making } from './booking-ops.ts'
import type { EdgeAsk, EdgeReply } from './edge-messages.ts'

/**
 * The sync side of a station's node as a process of its own: the real ledger thread over a real
 * file, the real session and the real uplink, asked by the bench over the parent's channel.
 */
const environment = z.object({
  BENCH_LEDGER: z.string().min(1),
  BENCH_CLOUD: z.url(),
  BENCH_STATION: z.coerce.number().int(),
  BENCH_KID: z.coerce.number().int(),
  BENCH_KEY_PEM: z.string().min(1),
  BENCH_SEED: z.coerce.number().int(),
})

const env = environment.parse(process.env)
const time = stationClock(systemClock)
const everyMs = 90_000
/** Commands on their way to the ledger thread while the backlog is made. */
const atATime = 500

let commandTime = { at: instant(Date.now()), mono: mono(0), trusted: true }

const ledger: Ledger<BenchCommands> = await startLedgerThread<BenchCommands>({
  script: new URL('./bench-ledger-thread.ts', import.meta.url),
  at: {
    file: env.BENCH_LEDGER,
    station: stationNo(env.BENCH_STATION),
    boot: randomBytes(16).toString('hex'),
    instance: systemIds().uuid(),
    version: 'bench',
    now: commandTime,
  },
  clock: systemClock,
  now: () => commandTime,
  onFailure: (failure) => say({ kind: 'failed', reason: failure.message }),
})

const making: Making = {
  ids: systemIds(),
  prng: seededPrng(env.BENCH_SEED),
  totalisers: [1_204_331_000, 987_110_000, 2_400_776_000, 31_882_000],
}

function say(reply: EdgeReply): void {
  process.send?.(reply)
}

type Timed = ReturnType<typeof bookingMoments>[number]

/** In the order of their times, as vehicles of several positions overlap at a station. */
async function append(bookings: readonly string[], fromMs: number): Promise<void> {
  const moments: Timed[] = bookings.flatMap((booking, index) =>
    bookingMoments(making, { booking, arrivesMs: fromMs + index * everyMs }),
  )
  moments.sort((a, b) => a.atMs - b.atMs)
  const before = await unsent()
  for (let done = 0; done < moments.length; done += atATime) {
    const waiting = moments.slice(done, done + atATime).map(({ atMs, ops }) => {
      commandTime = { at: instant(atMs), mono: mono(atMs - fromMs), trusted: true }
      return ledger.run('bench.append', ops)
    })
    await Promise.all(waiting)
  }
  say({ kind: 'appended', ops: (await unsent()) - before })
}

async function unsent(): Promise<number> {
  const status = await ledger.run('sync.status', { link: { up: false, lastExchangeMs: null } })
  return status.unsentOps
}

type Sent = { readonly url: string; readonly init: RequestInit }
let sent: Sent[] = []
let drainedOps = 0

const watched: typeof fetch = (input, init) => {
  const url = String(input)
  if (init?.method === 'POST' && url.includes('/v1/uplink/')) sent.push({ url, init })
  return fetch(input, init)
}

type TimedLedger = Pick<Ledger<BenchCommands>, 'run' | 'onCommit'>

function linkOver(timed: TimedLedger) {
  const line = httpLine({
    baseUrl: env.BENCH_CLOUD,
    fetch: watched,
    clock: systemClock,
    onTime: () => undefined,
    identity: {
      station: env.BENCH_STATION,
      kid: env.BENCH_KID,
      instance: 'be'.repeat(16),
      sign: (text: string) =>
        sign(null, Buffer.from(text), createPrivateKey(env.BENCH_KEY_PEM)).toString('base64url'),
    },
  })
  return { station: env.BENCH_STATION, line, ledger: timed }
}

/** The cloud captures changes of what a station follows from its first request on. */
async function follow(): Promise<void> {
  const signal = AbortSignal.timeout(30_000)
  const session = await sessionKeeper(linkOver(ledger)).renew(signal)
  if (!session.ok) throw new Error(`no session: ${session.no.kind}`)
  for (const table of Object.keys(stationShapes)) {
    const url = new URL(`/v1/shape?table=${table}&offset=-1`, env.BENCH_CLOUD)
    const headers = { authorization: `Bearer ${session.value.token}` }
    const answer = await fetch(url, { headers, signal })
    if (answer.status !== 200) throw new Error(`shape ${table} was answered ${answer.status}`)
    await answer.arrayBuffer()
  }
  say({ kind: 'following' })
}

async function drain(): Promise<void> {
  sent = []
  const ops = await unsent()
  drainedOps = ops
  let startedMs = 0
  const link = linkOver({
    onCommit: (call) => ledger.onCommit(call),
    run(name, input) {
      if (name === 'uplink.next' && startedMs === 0) startedMs = performance.now()
      return ledger.run(name, input)
    },
  })
  const alarms: string[] = []
  const uplink: Uplink = await startUplink({
    ...link,
    keeper: sessionKeeper(link),
    clock: systemClock,
    time,
    prng: { next: () => 0 },
    onAlarm: (code) => alarms.push(code),
    onFault: (error) => alarms.push(String(error)),
  })
  while (uplink.status().state !== 'idle' || (await unsent()) > 0) {
    if (alarms.length > 0) throw new Error(`the uplink raised ${alarms.join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const tookMs = performance.now() - startedMs
  await uplink.stop()
  say({ kind: 'drained', ops, tookMs, bytes: sent.reduce((sum, one) => sum + sizeOf(one), 0) })
}

function sizeOf({ init }: Sent): number {
  return init.body instanceof Uint8Array ? init.body.length : 0
}

async function replay(): Promise<void> {
  const startedMs = performance.now()
  for (const { url, init } of sent) {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) })
    if (answer.status !== 200) throw new Error(`a repeated batch was answered ${answer.status}`)
    await answer.arrayBuffer()
  }
  say({ kind: 'replayed', ops: drainedOps, tookMs: performance.now() - startedMs })
}

async function take(ask: EdgeAsk): Promise<void> {
  switch (ask.kind) {
    case 'append':
      return append(ask.bookings, ask.fromMs)
    case 'follow':
      return follow()
    case 'drain':
      return drain()
    case 'replay':
      return replay()
    case 'stop':
      await ledger.close()
      process.exit(0)
  }
}

process.on('message', (ask: EdgeAsk) => {
  take(ask).catch((error: unknown) => say({ kind: 'failed', reason: String(error) }))
})
say({ kind: 'ready' })
