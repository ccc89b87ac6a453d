import { classMilliMinutes } from '@baari/shared/domain/slots/booked-work'
import type { Stations } from '../../ports/stations.ts'
import type { MemoryDatabase } from './memory-database.ts'

export function memoryStations(db: MemoryDatabase): Stations {
  return {
    list: () =>
      db.read(({ station }) =>
        [...station.values()].map(({ view }) => view).sort((a, b) => a.no - b.no),
      ),
    find: (no) => db.read(({ station }) => station.get(String(no))?.view),
    priceAt: (no, at) =>
      db.read(({ tariff }) => {
        const inForce = [...tariff.values()]
          .filter((row) => row.station_no === no && row.valid_from_ms <= at)
          .sort((a, b) => b.valid_from_ms - a.valid_from_ms)
        return inForce[0]?.price_paise_per_kg
      }),
    // States and incidents of a station are not kept in memory: its class minutes are the usual ones.
    classMinutes: () => Promise.resolve(classMilliMinutes),
    supplyCut: () => Promise.resolve(undefined),
    codeSecret: (no) => db.read(({ station }) => station.get(String(no))?.codeSecret ?? undefined),
  }
}
