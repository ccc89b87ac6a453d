import { streams, type StreamHead } from '@baari/shared/contracts/sync/session'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import { createHash } from 'node:crypto'
import type { PulledOp } from '../../app/sync/uplink-commands.ts'
import type { ExchangeNo } from './exchange.ts'
import { openSession } from './session-client.ts'
import type { KeeperDeps } from './session-keeper.ts'
import { pullOps, type Session } from './uplink-sender.ts'

export type Recovery =
  | { readonly kind: 'recovered' }
  | { readonly kind: 'fork' }
  | { readonly kind: 'no'; readonly no: ExchangeNo }

type Run = KeeperDeps & { readonly signal: AbortSignal; readonly session: Session }

const opsPerPull = 5_000

/**
 * This file lost what the cloud already has: own ops are fetched by epoch, checked against the
 * chain and kept, and a new epoch is opened that names the cloud's heads (sync.md 7.5). `current`
 * is the epoch the cloud holds; signing in for that one is the only way to learn its heads.
 */
export async function recoverEpoch(
  deps: KeeperDeps & { readonly signal: AbortSignal },
  current: string | null,
): Promise<Recovery> {
  const own = await deps.ledger.run('epoch.read', null)
  const epoch = current ?? own.epoch
  const opened = await openSession(deps, {
    epoch,
    prevEpoch: null,
    prevHeads: [],
    signal: deps.signal,
  })
  if (!opened.ok) return { kind: 'no', no: opened.no }
  // A cloud that knew no epoch has now taken ours: there is nothing to fetch.
  if (current === null) return { kind: 'recovered' }
  const { token, gen, heads } = opened.value
  const run: Run = { ...deps, session: { token, gen, station: deps.identity.station } }
  for (const stream of streams) {
    const head = heads.find((candidate) => candidate.stream === stream)
    const ended = head === undefined ? undefined : await pullStream(run, head)
    if (ended !== undefined) return ended
  }
  await deps.ledger.run('epoch.open', { prevEpoch: epoch, prevHeads: heads })
  return { kind: 'recovered' }
}

/** Undefined when everything to the head was fetched and lies on one chain. */
async function pullStream(run: Run, head: StreamHead): Promise<Recovery | undefined> {
  const { epoch, stream } = head
  let { seq, chain } = await run.ledger.run('epoch.tail', { epoch, stream })
  while (seq < head.seq) {
    const to = Math.min(head.seq, seq + opsPerPull)
    const range = { epoch, stream, from: seq + 1, to }
    const pulled = await pullOps(run, { session: run.session, range, signal: run.signal })
    if (!pulled.ok) return { kind: 'no', no: pulled.no }
    const ops = chained(pulled.value, { seq, chain })
    const last = ops.at(-1)
    if (last === undefined || last.seq !== to) return { kind: 'fork' }
    await run.ledger.run('epoch.pulled', { epoch, stream, ops })
    seq = last.seq
    chain = last.hash
  }
  return seq === head.seq && chain !== head.chain ? { kind: 'fork' } : undefined
}

type Tail = { readonly seq: number; readonly chain: string }

function chained(lines: readonly Uint8Array[], tail: Tail): readonly PulledOp[] {
  let hash = tail.chain
  return lines.map((raw, index) => {
    hash = createHash('sha256').update(Buffer.from(hash, 'hex')).update(raw).digest('hex')
    return { seq: tail.seq + 1 + index, kind: kindOf(raw), raw, hash }
  })
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
