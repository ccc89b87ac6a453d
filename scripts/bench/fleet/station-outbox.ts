import { chainStart, nextHash } from '@baari/edge/adapters/ledger/chain-start'
import type { OutboxRun } from '@baari/edge/ports/sync'
import type { Moment } from '../uplink/booking-ops.ts'
import type { Op } from '../uplink/bench-commands.ts'

export type StationOutbox = {
  /** The moments' ops as one run, after all that were made before. */
  run(moments: readonly Moment[]): OutboxRun
}

/**
 * The ledger stream of a station in memory: the lines, numbers and chain that a node keeps in
 * SQLite. A thousand nodes with their files would measure this machine's disk and not the cloud.
 */
export function stationOutbox(station: number, epoch: string): StationOutbox {
  const refs = new Map<string, number>()
  let seq = 0
  let chain = chainStart({ station, epoch, stream: 'ledger' })

  function line(kind: string, about: Omit<Line, 's' | 'k'>): Buffer {
    seq += 1
    const raw = Buffer.from(JSON.stringify({ s: seq, k: kind, ...about }), 'utf8')
    chain = nextHash(chain, raw)
    return raw
  }

  function linesOf(op: Op, t: number): readonly Buffer[] {
    const { type, uuid } = op.entity as { readonly type: string; readonly uuid: string }
    const known = refs.get(uuid)
    const e = known ?? refs.size + 1
    refs.set(uuid, e)
    const introduced =
      known === undefined ? [line('entity', { e, t, m: 0, b: { ref: e, type, uuid } })] : []
    return [...introduced, line(op.kind, { e, t, m: 0, b: op.body })]
  }

  return {
    run(moments) {
      const [first, prevChain] = [seq + 1, chain.toString('hex')]
      const raw = moments.flatMap(({ atMs, ops }) => ops.flatMap((op) => linesOf(op, atMs)))
      const lines = Buffer.concat(raw.flatMap((one) => [one, feed]))
      return { epoch, stream: 'ledger', first, last: seq, prevChain, lines }
    },
  }
}

type Line = {
  readonly s: number
  readonly k: string
  readonly e: number
  readonly t: number
  readonly m: number
  readonly b: object
}

const feed = Buffer.from('\n')
