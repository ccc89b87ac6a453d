import { countingIds } from '@baari/shared/testing/counting-ids'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { stationNo } from '@baari/shared/units/names'
import { describe, expect, it } from 'vitest'
import { memoryCloud } from '../../src/adapters/memory/memory-cloud.ts'
import { NoReplay } from '../../src/adapters/memory/memory-streams.ts'
import { chainStart } from '../../src/adapters/postgres/sync/chain-hash.ts'
import { price, type StoresUnderTest } from './cloud-stores.ts'
import { salesContract } from './sale-book.contract.ts'
import { sessionsContract } from './station-sessions.contract.ts'
import { streamsContract } from './station-streams.contract.ts'

const ids = countingIds()
const clock = manualClock()
const cloud = memoryCloud(chainStart, clock)
let stations = 0

/** One memory for all, a station of its own for each test. */
const memory: StoresUnderTest = {
  async open() {
    stations += 1
    const no = stations
    const { db } = cloud
    await db.transact(() => {
      db.tables.station.put(String(no), {
        view: {
          ...{ no: stationNo(no), name: 'Test', address: 'Road 1', open: true, nozzles: ['ngv1'] },
          workingPositions: 2,
        },
        key: { kid: 142, publicKey: 'key' },
        codeSecret: new Uint8Array(32),
        ...{ currentEpoch: null, generation: 0, instance: null },
      })
      const tariff = { id: `t${no}`, station_no: no, price_paise_per_kg: price, valid_from_ms: 1 }
      db.tables.tariff.put(tariff.id, tariff)
      return Promise.resolve()
    })
    const driver = () => Promise.resolve(ids.uuid())
    const asked = () =>
      db.read(({ leaseAsk }) =>
        [...leaseAsk.values()].filter((row) => row['station_no'] === no).map((row) => row['id']),
      )
    return { ...cloud, clock, station: no, driver, asked, uuid: () => ids.uuid() }
  },
  dispose: () => Promise.resolve(),
}

describe('what the stores in memory do not do', () => {
  it('replay is refused by name, and nothing is said to be free of deferred ops', async () => {
    const key = { stationNo: 1, epoch: 'ab', stream: 'ledger' as const }
    await expect(cloud.streams.deferred('any', 1)).rejects.toBeInstanceOf(NoReplay)
    const inside = cloud.streams.transact(key, (tx) => tx.deferred({ reader: 'any', limit: 1 }))
    await expect(inside).rejects.toBeInstanceOf(NoReplay)
    const rewritten = cloud.streams.transact(key, async (tx) => {
      const names = { refs: [], bookings: [], plates: [], fills: [], shifts: [] }
      const known = await tx.load(names, new Map())
      await tx.rewrite({ ops: [], known, touched: new Set(), recvAtMs: 0, reader: 'any' })
    })
    await expect(rewritten).rejects.toBeInstanceOf(NoReplay)
  })
})

sessionsContract('in memory', memory)
streamsContract('in memory', memory)
salesContract('in memory', memory)
