import type { RepairOutcome } from '@baari/shared/contracts/sync/digest'
import { ledgerOps } from '@baari/shared/contracts/sync/ops'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import { witnessKinds } from '@baari/shared/domain/sync/digest-witness'
import type { Pool, PoolClient } from 'pg'
import type { OpKind } from '../../../domain/sync/station-op.ts'
import type { ResentLine, StationSet } from '../../../ports/station-digests.ts'
import { inTransaction } from '../pool.ts'
import { chainStart, nextChain } from './chain-hash.ts'
import { recordTables } from './record-tables.ts'

/** Takes away the row a kind of op makes; `$1` is the station, `$2` the fill. */
const removals: { readonly [K in OpKind]?: string } = {
  'fill.settled': 'DELETE FROM sale WHERE station_no = $1 AND fill_id = $2',
  'fill.voided': `DELETE FROM fill_fact
    WHERE station_no = $1 AND fill_id = $2 AND kind = 'voided'`,
  'fill.disputed': `DELETE FROM fill_fact
    WHERE station_no = $1 AND fill_id = $2 AND kind = 'disputed'`,
  'payment.collected': 'DELETE FROM payment_collected WHERE station_no = $1 AND op_ref = $2',
}

/**
 * Makes rows anew from ops the station sent once more. Each line must be the very bytes under the
 * hash chain, so that no repair can write another history; an op that never had an effect gets none
 * now. Removal and row are one transaction, in which the digest follows by itself.
 */
export function mendRows(
  pool: Pool,
  of: StationSet,
  lines: readonly ResentLine[],
): Promise<readonly RepairOutcome[]> {
  return inTransaction(pool, async (client) => {
    const outcomes: RepairOutcome[] = []
    for (const line of lines) outcomes.push(await mendOne(client, of, line))
    return outcomes
  })
}

type StoredOp = {
  readonly kind: string
  readonly hash: string
  readonly before: string | null
  readonly verdict: string
  readonly code: string | null
  readonly event_at_ms: string | null
  readonly recv_at_ms: string
  readonly entity: string | null
}

async function mendOne(
  client: PoolClient,
  { stationNo, set }: StationSet,
  { epoch, seq, line }: ResentLine,
): Promise<RepairOutcome> {
  const stored = await storedOp(client, { stationNo, epoch, seq })
  if (stored === undefined) return 'not_ours'
  const before = seq === 1 ? chainStart(stationNo, epoch, 'ledger') : stored.before
  if (before === null || nextChain(before, line) !== stored.hash) return 'not_ours'
  const told = toldBy(line)
  const kinds: readonly string[] = witnessKinds[set]
  if (told === undefined || !kinds.includes(told.kind) || stored.entity === null) return 'no_effect'
  // A repeated fill counted nothing the first time, and counts nothing now.
  const had = stored.verdict === 'applied' || stored.verdict === 'flagged'
  if (!had || stored.code === 'fill_repeated') return 'no_effect'
  await writeRow(client, { stationNo, opRef: `${epoch}/ledger/${seq}`, stored, told })
  return 'mended'
}

async function storedOp(
  client: PoolClient,
  place: { readonly stationNo: number; readonly epoch: string; readonly seq: number },
): Promise<StoredOp | undefined> {
  const { rows } = await client.query<StoredOp>(
    `SELECT o.kind, encode(o.hash, 'hex') AS hash, encode(b.hash, 'hex') AS before, o.verdict,
       o.code, o.event_at_ms, o.recv_at_ms, e.id AS entity
     FROM station_op o
     LEFT JOIN station_op b ON b.station_no = o.station_no AND b.epoch = o.epoch
       AND b.stream = o.stream AND b.seq = o.seq - 1
     LEFT JOIN station_entity e ON e.station_no = o.station_no AND e.epoch = o.epoch
       AND e.stream = o.stream AND e.ref = o.entity_ref
     WHERE o.station_no = $1 AND o.epoch = $2 AND o.stream = 'ledger' AND o.seq = $3`,
    [place.stationNo, place.epoch, place.seq],
  )
  return rows[0]
}

type Told = { readonly kind: OpKind; readonly body: object }

function toldBy(line: Uint8Array): Told | undefined {
  const read = opLine.safeParse(parseJson(line))
  if (!read.success || !Object.hasOwn(ledgerOps, read.data.k)) return undefined
  const kind = read.data.k as keyof typeof ledgerOps
  const body = ledgerOps[kind].safeParse(read.data.b)
  return body.success ? { kind: kind as OpKind, body: body.data } : undefined
}

function parseJson(line: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(line).toString('utf8'))
  } catch {
    return undefined
  }
}

type Mending = {
  readonly stationNo: number
  readonly opRef: string
  readonly stored: StoredOp
  readonly told: Told
}

async function writeRow(
  client: PoolClient,
  { stationNo, opRef, stored, told }: Mending,
): Promise<void> {
  const table = recordTables[told.kind]
  const removal = removals[told.kind]
  if (table === undefined || removal === undefined) return
  const named = told.kind === 'payment.collected' ? opRef : stored.entity
  await client.query(removal, [stationNo, named])
  const row = { ...told.body, entity: stored.entity, op_ref: opRef, at_ms: stored.event_at_ms }
  const usesReceipt = table.insert.includes('$3')
  await client.query(
    `WITH r AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS x (${table.columns})) ${table.insert}`,
    [stationNo, JSON.stringify([row]), ...(usesReceipt ? [stored.recv_at_ms] : [])],
  )
}
