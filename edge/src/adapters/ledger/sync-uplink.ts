import type { EpochStream, OutboxRun, RunBound, UplinkStore } from '../../ports/sync.ts'
import { createHash } from 'node:crypto'
import { boundLimit } from './bound-limit.ts'
import { outboxRetention } from './outbox-retention.ts'
import type { LedgerSession } from './ledger-session.ts'

type OpRow = { readonly seq: number; readonly raw: Buffer }
type HashRow = { readonly hash: Buffer }

const lineFeed = Buffer.from('\n')

/** The outbox of one epoch as the uplink reads it: raw lines only, never serialised again. */
export function uplinkStoreOf(session: LedgerSession, epoch: string): UplinkStore {
  const { sqlite } = session
  const acked = sqlite.prepare<[string, string], { readonly acked_seq: number }>(
    'SELECT acked_seq FROM outbox_head WHERE epoch = ? AND stream = ?',
  )
  const mark = sqlite.prepare('UPDATE outbox_head SET acked_seq = ? WHERE epoch = ? AND stream = ?')
  const result = sqlite.prepare(
    `INSERT INTO op_result (epoch, stream, seq, verdict, code, server_rev) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET verdict = excluded.verdict, code = excluded.code,
       server_rev = excluded.server_rev`,
  )
  const { runFrom, chainAt } = outboxRuns(session)

  return {
    chainAt: (stream, seq) => chainAt({ epoch, stream }, seq),
    nextRun(stream, bound) {
      const from = (acked.get(epoch, stream)?.acked_seq ?? 0) + 1
      return runFrom({ epoch, stream }, from, bound)
    },
    setAcked: (stream, seq) => void mark.run(seq, epoch, stream),
    saveResults(stream, results) {
      for (const { seq, verdict, code, rev } of results) {
        result.run(epoch, stream, seq, verdict, code, rev)
      }
    },
    ...outboxRetention(session),
  }
}

/** Runs of lines and chain values of any epoch this file holds. */
export function outboxRuns({ sqlite, station }: LedgerSession) {
  const ops = sqlite.prepare<[string, string, number, number], OpRow>(
    `SELECT seq, raw FROM outbox WHERE epoch = ? AND stream = ? AND seq >= ? ORDER BY seq ${boundLimit}`,
  )
  const hashAt = sqlite.prepare<[string, string, number], HashRow>(
    'SELECT hash FROM outbox WHERE epoch = ? AND stream = ? AND seq = ?',
  )

  function chainAt({ epoch, stream }: EpochStream, seq: number): string | undefined {
    if (seq === 0) return chainStart({ station, epoch, stream })
    return hashAt.get(epoch, stream, seq)?.hash.toString('hex')
  }

  function runFrom(place: EpochStream, from: number, bound: RunBound): OutboxRun | undefined {
    const { epoch, stream } = place
    const parts: Buffer[] = []
    let bytes = 0
    let last = from - 1
    const found = ops.all(epoch, stream, from, bound.ops)
    for (const { seq, raw } of found) {
      bytes += raw.length + lineFeed.length
      // One line alone is always sent: a bound that lets nothing pass would stop the stream.
      if (bytes > bound.bytes && parts.length > 0) break
      parts.push(raw, lineFeed)
      last = seq
    }
    const prevChain = chainAt(place, from - 1)
    if (parts.length === 0 || prevChain === undefined) return undefined
    const lines = new Uint8Array(Buffer.concat(parts))
    const full = last - from + 1 < found.length || found.length === bound.ops
    return { epoch, stream, first: from, last, prevChain, lines, full }
  }

  return { chainAt, runFrom }
}

type Start = { readonly station: number; readonly epoch: string; readonly stream: string }

/** SHA-256 of `baari/1|station|epoch|stream` (sync.md 7.1). */
export function chainStart({ station, epoch, stream }: Start): string {
  return createHash('sha256').update(`baari/1|${station}|${epoch}|${stream}`).digest('hex')
}
