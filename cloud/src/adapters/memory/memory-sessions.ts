import { streams } from '@baari/shared/contracts/sync/session'
import type { ReportedHead } from '../../domain/sync/decide-session.ts'
import type { NonceNow, SessionTx, StationSessions } from '../../ports/station-sessions.ts'
import type { MemoryDatabase, MemoryTables, StationRow } from './memory-database.ts'

/** As the PostgreSQL store: a station that asks for ever has this many nonces. */
const noncesKept = 16

/** Chain value of an empty stream, lower-case hex. */
export type ChainStart = (
  station: number,
  epoch: string,
  stream: (typeof streams)[number],
) => string

export function memorySessions(db: MemoryDatabase, chainStart: ChainStart): StationSessions {
  return {
    addNonce: (stationNo, { nonce, expires, now }) =>
      db.transact(() => {
        const { station, nonce: nonces } = db.tables
        if (!station.has(String(stationNo))) return Promise.resolve()
        nonces.put(nonce, { station: stationNo, expires })
        dropNonces(db.tables, stationNo, now)
        return Promise.resolve()
      }),
    knowsNonce: (stationNo, asked) =>
      db.read((tables) => isWaiting(tables, { stationNo, ...asked })),
    keyOf: (stationNo) =>
      db.read(({ station }) => station.get(String(stationNo))?.key ?? undefined),
    transact: (stationNo, work) =>
      db.transact(() => {
        const row = db.tables.station.get(String(stationNo))
        return row === undefined
          ? Promise.resolve(undefined)
          : work(sessionTx(db.tables, { stationNo, row, chainStart }))
      }),
    byToken: (token, now) =>
      db.read(({ token: tokens }) => {
        const found = tokens.get(token)
        return found !== undefined && found.expires > now ? found.session : undefined
      }),
  }
}

function dropNonces({ nonce }: MemoryTables, stationNo: number, now: number): void {
  const own = [...nonce.entries()].filter(([, { station }]) => station === stationNo)
  const byAge = own.toSorted(([, a], [, b]) => b.expires - a.expires)
  for (const [index, [key, { expires }]] of byAge.entries()) {
    if (index >= noncesKept || expires <= now) nonce.remove(key)
  }
}

function isWaiting(
  { nonce: nonces }: MemoryTables,
  { stationNo, nonce, now }: NonceNow & { readonly stationNo: number },
): boolean {
  const found = nonces.get(nonce)
  return found?.station === stationNo && found.expires > now
}

type Place = {
  readonly stationNo: number
  readonly row: StationRow
  readonly chainStart: ChainStart
}

function sessionTx(tables: MemoryTables, { stationNo, row, chainStart }: Place): SessionTx {
  const { currentEpoch: epoch, generation, instance } = row
  const no = String(stationNo)
  const change = (next: Partial<StationRow>): void => {
    const known = tables.station.get(no)
    if (known !== undefined) tables.station.put(no, { ...known, ...next })
  }
  return {
    record: {
      ...{ epoch, generation, instance },
      heads: epoch === null ? [] : headsOf(tables, stationNo, epoch),
    },
    takeNonce(asked) {
      const waits = isWaiting(tables, { stationNo, ...asked })
      if (waits) tables.nonce.remove(asked.nonce)
      return Promise.resolve(waits)
    },
    dropNonces() {
      for (const [key, { station }] of [...tables.nonce.entries()]) {
        if (station === stationNo) tables.nonce.remove(key)
      }
      return Promise.resolve()
    },
    generationOf: (asked) => Promise.resolve(tables.instance.get(`${no}/${asked}`) ?? null),
    epochUsed: (asked) => Promise.resolve(tables.epoch.has(`${no}/${asked}`)),
    epochBefore: (asked) => Promise.resolve(tables.epoch.get(`${no}/${asked}`)?.prev ?? null),
    saveInstance(instance, generation) {
      const key = `${no}/${instance}`
      if (!tables.instance.has(key)) tables.instance.put(key, generation)
      change({ instance, generation })
      return Promise.resolve()
    },
    openEpoch({ epoch, prev }) {
      tables.epoch.put(`${no}/${epoch}`, { station: stationNo, prev })
      for (const stream of streams) {
        const chain = chainStart(stationNo, epoch, stream)
        tables.head.put(`${no}/${epoch}/${stream}`, { seq: 0, chain })
      }
      change({ currentEpoch: epoch })
      return Promise.resolve()
    },
    addToken(token, given) {
      tables.token.put(token, given)
      return Promise.resolve()
    },
    heads: (asked) => Promise.resolve(headsOf(tables, stationNo, asked)),
  }
}

function headsOf({ head }: MemoryTables, no: number, epoch: string): readonly ReportedHead[] {
  return [...streams].sort().flatMap((stream) => {
    const found = head.get(`${no}/${epoch}/${stream}`)
    return found === undefined ? [] : [{ stream, ...found }]
  })
}
