import type { StreamHead } from '@baari/shared/contracts/sync/session'
import { erasedLine, opLine } from '@baari/shared/contracts/sync/uplink'
import type { Instant } from '@baari/shared/units/time'
import { createHash } from 'node:crypto'
import type { ExchangeNo, Session } from '../../ports/cloud-line.ts'
import type { KeeperDeps } from './session-keeper.ts'
import type { TelemetrySide } from './telemetry-side.ts'
import type { PulledOp } from './uplink-commands.ts'

export type Recovery =
  | { readonly kind: 'recovered' }
  | { readonly kind: 'fork' }
  | { readonly kind: 'no'; readonly no: ExchangeNo }

export type RecoverDeps = KeeperDeps & {
  readonly signal: AbortSignal
  /** Station time, by which the ops to send are stamped. */
  readonly now: () => Instant
  readonly telemetry: TelemetrySide
}

type Run = RecoverDeps & { readonly session: Session }

const opsPerPull = 5_000
const opsPerPush = 1_000

/**
 * Brings this file and the cloud back to one history (sync.md 7.5). `current` is the epoch the
 * cloud holds; signing in for that one is the only way to learn its heads. Own ops the file lost
 * are fetched and checked against the chain, own ops the cloud never got are sent; then the epoch
 * in force, or a new one when the file still writes the lost one, names the cloud's heads.
 */
export async function recoverEpoch(deps: RecoverDeps, current: string | null): Promise<Recovery> {
  const own = await deps.ledger.run('epoch.read', null)
  const epoch = current ?? own.prevEpoch ?? own.epoch
  const { signal } = deps
  const opened = await deps.line.openSession({ epoch, prevEpoch: null, prevHeads: [], signal })
  if (!opened.ok) return { kind: 'no', no: opened.no }
  const { token, gen, heads } = opened.value
  const run: Run = { ...deps, session: { token, gen, station: deps.station } }
  const joined: StreamHead[] = []
  let lost = false
  for (const head of heads) {
    if (head.stream === 'telemetry') {
      // Readings are not fetched back: what this file of them had sent, the cloud keeps.
      lost ||= (await deps.telemetry.compare([head])) === 'cloud_ahead'
      joined.push(head)
      continue
    }
    const tail = await deps.ledger.run('epoch.tail', head)
    lost ||= tail.seq < head.seq
    const end = await joinStream(run, { head, tail, left: epoch !== own.epoch })
    if ('kind' in end) return end
    joined.push(end)
  }
  if (epoch !== own.epoch) {
    await deps.ledger.run('epoch.follow', { prevEpoch: epoch, prevHeads: joined })
  } else if (lost) {
    await deps.ledger.run('epoch.open', { prevEpoch: epoch, prevHeads: joined })
  }
  return { kind: 'recovered' }
}

type Joining = {
  readonly head: StreamHead
  readonly tail: Tail
  /** The file writes another epoch by now. */
  readonly left: boolean
}

/** The stream's head once both sides hold the same ops, or how that came to nothing. */
async function joinStream(run: Run, { head, tail, left }: Joining): Promise<StreamHead | Recovery> {
  if (tail.seq < head.seq) return pullRest(run, head, tail)
  // An epoch still written to is sent by the ordinary loop.
  if (tail.seq > head.seq && left) return pushRest(run, head)
  return tail.seq === head.seq && tail.chain !== head.chain ? { kind: 'fork' } : head
}

async function pullRest(run: Run, head: StreamHead, tail: Tail): Promise<StreamHead | Recovery> {
  const { epoch, stream } = head
  let { seq, chain } = tail
  while (seq < head.seq) {
    const to = Math.min(head.seq, seq + opsPerPull)
    const range = { epoch, stream, from: seq + 1, to }
    const pulled = await run.line.pullOps({ session: run.session, range, signal: run.signal })
    if (!pulled.ok) return { kind: 'no', no: pulled.no }
    const ops = chained(pulled.value, { seq, chain })
    const last = ops.at(-1)
    if (last === undefined || last.seq !== to) return { kind: 'fork' }
    // Nothing is kept before the chain is known to end where the cloud's ends.
    if (to === head.seq && last.hash !== head.chain) return { kind: 'fork' }
    await run.ledger.run('epoch.pulled', { epoch, stream, ops })
    seq = last.seq
    chain = last.hash
  }
  return head
}

async function pushRest(run: Run, head: StreamHead): Promise<StreamHead | Recovery> {
  let { seq, chain } = head
  const { epoch, stream } = head
  for (;;) {
    const ask = { epoch, stream, from: seq + 1, ops: opsPerPush }
    const rest = await run.ledger.run('epoch.run', ask)
    if (rest === null) return { epoch, stream, seq, chain }
    const sentAt = run.now()
    const sent = await run.line.sendRun({
      session: run.session,
      run: rest,
      sentAt,
      signal: run.signal,
    })
    if (!sent.ok) {
      const forked = sent.no.kind === 'conflict' && sent.no.body.error === 'fork'
      return forked ? { kind: 'fork' } : { kind: 'no', no: sent.no }
    }
    seq = sent.value.ack
    chain = sent.value.chain
  }
}

type Tail = { readonly seq: number; readonly chain: string }

function chained(lines: readonly Uint8Array[], tail: Tail): readonly PulledOp[] {
  let hash = tail.chain
  return lines.map((line, index) => {
    const seq = tail.seq + 1 + index
    const erased = erasedOf(line)
    if (erased !== undefined && erased.s === seq) {
      hash = erased.h
      return { seq, kind: 'scan.failed', raw: new Uint8Array(), hash }
    }
    hash = createHash('sha256').update(Buffer.from(hash, 'hex')).update(line).digest('hex')
    return { seq, kind: kindOf(line), raw: line, hash }
  })
}

/** In place of bytes that were erased as personal data the cloud gives the hash they had. */
function erasedOf(line: Uint8Array) {
  const parsed = erasedLine.safeParse(parseJson(line))
  return parsed.success ? parsed.data : undefined
}

function kindOf(raw: Uint8Array): string {
  const parsed = opLine.safeParse(parseJson(raw))
  return parsed.success ? parsed.data.k : '?'
}

function parseJson(raw: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(raw).toString('utf8'))
  } catch {
    return undefined
  }
}
