import { countingIds } from '@baari/shared/testing/counting-ids'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { stationNo } from '@baari/shared/units/names'
import { memoryCloud } from '../../src/adapters/memory/memory-cloud.ts'
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
          cut: undefined,
          ...{ no: stationNo(no), name: 'Test', address: 'Road 1', open: true, nozzles: ['ngv1'] },
          workingPositions: 2,
          positions: [['ngv1'], ['ngv1']],
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

sessionsContract('in memory', memory)
streamsContract('in memory', memory)
salesContract('in memory', memory)
