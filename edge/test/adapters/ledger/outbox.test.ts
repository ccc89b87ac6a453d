import { chainHead, nextHead } from '@baari/shared/domain/sync/chain'
import { present } from '@baari/shared/faults/assert'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { verifyChain } from '../../../src/adapters/ledger/verify-chain.ts'
import type { LedgerTx } from '../../../src/ports/ledger-tx.ts'
import {
  otherBooking,
  someBooking,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
  await world.scan(tokenReading())
  await world.scan(tokenReading({ booking: otherBooking }))
  await world.scan(tokenReading())
})

type Row = {
  readonly seq: number
  readonly raw: Buffer
  readonly hash: Buffer
  readonly epoch: string
}
const rows = () => world.db.prepare<[], Row>('SELECT * FROM outbox ORDER BY seq').all()
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

describe('the outbox', () => {
  it('begins with the boot and counts without a gap', () => {
    const kinds = world.allOps().map(({ kind }) => kind)
    expect(kinds[0]).toBe('boot')
    expect(rows().map(({ seq }) => seq)).toEqual(kinds.map((_, index) => index + 1))
  })

  it('chains as the shared formula does, over the bytes that will be sent', () => {
    const [first] = rows()
    const station = stationNo(42)
    const start = chainHead({ station, epoch: first?.epoch ?? '', stream: 'ledger' }, sha256)
    const end = rows().reduce((head, { raw }) => nextHead(head, raw, sha256), start)
    expect(Buffer.from(end)).toEqual(rows().at(-1)?.hash)
    expect(verifyChain(world.db, 42)).toEqual([])
  })

  it('introduces a thing once and before the first op about it', () => {
    const entities = world.ops('entity').map(({ body }) => body['uuid'])
    expect(new Set(entities).size).toBe(entities.length)
    expect(entities).toContain(someBooking)
    const known = new Set([0])
    for (const { kind, e, body } of world.allOps()) {
      if (kind === 'entity') known.add(body['ref'] as number)
      expect(known).toContain(e)
    }
  })

  it('a command that fails leaves neither op nor number behind', async () => {
    const before = rows().length
    const booking = bookingId('00000001-0000-7000-8000-00000000b003')
    // The claim and the ticket are written before the queue looks at the positions.
    const broken = world.scan(tokenReading({ booking }), { positions: null as never })
    await expect(broken).rejects.toThrow()
    expect(rows()).toHaveLength(before)
    expect(verifyChain(world.db, 42)).toEqual([])
  })
})

describe('what the outbox remembers of its heads and refs', () => {
  const told = (tx: LedgerTx, booking = otherBooking) =>
    tx.outbox.append({
      kind: 'booking.no_show',
      entity: { type: 'booking', uuid: booking },
      body: { booking, clockTrusted: true, excused: null },
    })

  it('holds within the command that cuts ops away, and afterwards', async () => {
    const first = present(rows()[0], 'first op')
    const cutAt = 2
    await world.act((tx) => {
      told(tx)
      tx.sync.rollback.cutAfter({ epoch: first.epoch, stream: 'ledger' }, cutAt)
      told(tx)
    })
    await world.act((tx) => told(tx))
    expect(verifyChain(world.db, 42)).toEqual([])
    // The booking's introduction was cut away with the rest, so it is introduced again, once.
    expect(
      world
        .allOps()
        .map(({ kind }) => kind)
        .slice(cutAt),
    ).toEqual(['entity', 'booking.no_show', 'booking.no_show'])
  })

  it('is forgotten with a command that threw', async () => {
    const unseen = bookingId('00000001-0000-7000-8000-00000000b0ff')
    const tell = (tx: LedgerTx) => told(tx, unseen)
    const broken = world.act((tx) => {
      tell(tx)
      throw new Error('a bug')
    })
    await expect(broken).rejects.toThrow('a bug')
    const before = rows().length
    await world.act(tell)
    expect(rows()).toHaveLength(before + 2)
    expect(verifyChain(world.db, 42)).toEqual([])
  })
})

describe('verifying the chain finds', () => {
  it.each([
    ['a changed byte', "UPDATE outbox SET raw = CAST(raw || x'20' AS BLOB) WHERE seq = 1", 'hash'],
    ['a missing op', 'DELETE FROM outbox WHERE seq = 3', 'gap'],
    ['a missing end', 'DELETE FROM outbox WHERE seq = (SELECT max(seq) FROM outbox)', 'gap'],
    [
      'a rewritten head',
      "UPDATE outbox_head SET chain = zeroblob(32) WHERE stream = 'ledger'",
      'head',
    ],
  ])('%s', (_what, sql, flaw) => {
    world.db.exec(sql)
    expect(verifyChain(world.db, 42).map((found) => found.flaw)).toEqual([flaw])
  })

  it('nothing where only old ops were pruned', () => {
    world.db.exec('DELETE FROM outbox WHERE seq <= 3')
    expect(verifyChain(world.db, 42)).toEqual([])
  })

  it('every flaw when the station is another', () => {
    expect(verifyChain(world.db, 43).length).toBeGreaterThan(0)
  })
})
