import { streamHead, streams, type StreamHead } from '@baari/shared/contracts/sync/session'
import { uplinkAnswer, type UplinkAnswer } from '@baari/shared/contracts/sync/uplink'
import { instant, seconds } from '@baari/shared/units/time'
import { promisify } from 'node:util'
import { gzip, gzipSync } from 'node:zlib'
import { z } from 'zod'
import type {
  ExchangeAnswer,
  PullInput,
  ReadyRun,
  SendInput,
  Session,
} from '../../ports/cloud-line.ts'
import type { OutboxRun } from '../../ports/sync.ts'
import { exchange, jsonOf, type ExchangeDeps } from './exchange.ts'

const pack = promisify(gzip)
const deadline = seconds(30)
const headAnswer = streamHead.omit({ stream: true })
const pulledMaxBytes = 8_000_000

/** Packs a run's lines before they are sent: the head of the batch is made when it is sent. */
export async function packRun(run: OutboxRun): Promise<ReadyRun> {
  return { ...run, packed: await pack(run.lines) }
}

/**
 * Sends a run of the outbox as one batch. The lines go out as the bytes they were hashed as; only
 * the first line of the batch is made here, as a gzip member of its own (RFC 1952 2.2). A run that
 * was packed is on its way when this returns its promise: runs leave in the order of the calls.
 */
export async function sendRun(
  deps: ExchangeDeps,
  { session, run, sentAt, waiting, signal }: SendInput,
): Promise<ExchangeAnswer<UplinkAnswer>> {
  const head = {
    v: 1,
    station: session.station,
    epoch: run.epoch,
    gen: session.gen,
    first: run.first,
    prev_chain: run.prevChain,
    sent_at: sentAt,
    ...waitingFields(waiting),
  }
  const first = Buffer.from(`${JSON.stringify(head)}\n`, 'utf8')
  const lines = run.packed ?? (await pack(run.lines))
  const body = Buffer.concat([gzipSync(first), lines])
  const sentMono = deps.clock.mono()
  const answer = await exchange(deps, {
    path: `/v1/uplink/${run.stream}`,
    method: 'POST',
    headers: {
      ...bearer(session),
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
    },
    body: new Uint8Array(body),
    deadline,
    signal,
    read: jsonOf(uplinkAnswer),
  })
  if (answer.ok) {
    const serverTime = instant(answer.value.serverTimeMs)
    deps.onTime({ serverTime, sentMono, receivedMono: deps.clock.mono() })
  }
  return answer
}

/** What the station says of itself with a batch. */
function waitingFields(waiting: SendInput['waiting']) {
  if (waiting === undefined) return {}
  const { ops, oldest } = waiting
  return { unsent: ops, ...(oldest === null ? {} : { oldest }) }
}

/** Heads of all streams as the cloud has them now. */
export async function readHeads(
  deps: ExchangeDeps,
  { session, signal }: Pick<SendInput, 'session' | 'signal'>,
): Promise<ExchangeAnswer<readonly StreamHead[]>> {
  const heads: StreamHead[] = []
  for (const stream of streams) {
    const answer = await exchange(deps, {
      path: `/v1/uplink/${stream}/head`,
      method: 'GET',
      headers: bearer(session),
      deadline,
      signal,
      read: jsonOf(headAnswer),
    })
    if (!answer.ok) return answer
    heads.push({ ...answer.value, stream })
  }
  return { ok: true, value: heads }
}

/** Own ops as the cloud keeps them, as raw lines without their LF. */
export function pullOps(
  deps: ExchangeDeps,
  { session, range, signal }: PullInput,
): Promise<ExchangeAnswer<readonly Uint8Array[]>> {
  const { epoch, stream, from, to } = range
  return exchange(deps, {
    path: `/v1/uplink/${stream}/ops?epoch=${epoch}&from=${from}&to=${to}`,
    method: 'GET',
    headers: bearer(session),
    deadline,
    signal,
    async read(response) {
      const bytes = new Uint8Array(await response.arrayBuffer())
      z.number().max(pulledMaxBytes).parse(bytes.length)
      return linesOf(bytes)
    },
  })
}

function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start)
    if (end < 0) break
    lines.push(bytes.slice(start, end))
    start = end + 1
  }
  return lines
}

function bearer({ token }: Session): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}
