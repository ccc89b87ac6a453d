import type { MemoryCloud } from '@baari/cloud/adapters/memory/memory-cloud'
import type { RowChange } from '@baari/cloud/adapters/memory/memory-table'
import { stationShapes, type StationShape } from '@baari/shared/contracts/sync/shapes'
import { shapeRowOf, type FeedRow } from './shape-rows.ts'

export type FeedMessage = {
  readonly operation: 'insert' | 'update' | 'delete'
  readonly value: FeedRow
}

export type FeedAnswer =
  | { readonly kind: 'must-refetch'; readonly handle: string }
  | {
      readonly kind: 'rows'
      readonly handle: string
      readonly offset: string
      readonly messages: readonly FeedMessage[]
      readonly upToDate: boolean
    }

export type FeedAsk = {
  readonly station: number
  readonly name: StationShape
  /** `-1` asks for everything. */
  readonly offset: string
  readonly handle: string | undefined
}

type LogEntry = {
  readonly seq: number
  readonly station: number | null
  readonly message: FeedMessage
}

type Handle = {
  readonly name: StationShape
  readonly station: number
  readonly rows: readonly FeedRow[]
  readonly base: number
}

/** Small, so that a refetch of a few bookings takes several answers and can be cut between them. */
type LogAsk = Pick<Handle, 'name' | 'station' | 'base'> & { readonly from: number }

const chunkRows = 4
const logRows = 8

/**
 * The shape protocol over the memory store, with what its offsets, handles and refetches mean
 * (sync.md 6.5): a snapshot comes in chunks of one moment, then the log from there; an unknown
 * handle, and an offset the log does not reach, are answered by a new handle.
 */
export class ShapeFeed {
  readonly #cloud: MemoryCloud
  readonly #logs = new Map<StationShape, LogEntry[]>()
  readonly #handles = new Map<string, Handle>()
  readonly #waiting = new Map<string, Set<() => void>>()
  #seq = 0
  #minted = 0
  #epoch = 0

  constructor(cloud: MemoryCloud) {
    this.#cloud = cloud
    for (const name of Object.keys(stationShapes)) this.#logs.set(name as StationShape, [])
    cloud.db.onCommit((changes) => {
      for (const change of changes) this.#take(change)
    })
  }

  ask({ station, name, offset, handle }: FeedAsk): FeedAnswer {
    if (offset === '-1') return this.#chunk(this.#mint(station, name), 0)
    const known = handle === undefined ? undefined : this.#handles.get(handle)
    if (handle === undefined || known?.name !== name || known.station !== station) {
      return { kind: 'must-refetch', handle: this.#mint(station, name) }
    }
    return this.#answer(handle, known, offset)
  }

  #answer(handle: string, { name, station, rows, base }: Handle, offset: string): FeedAnswer {
    const [tx = '', op = ''] = offset.split('_')
    const inSnapshot = tx === '0'
    if (inSnapshot && (Number(op) + 1) * chunkRows < rows.length) {
      return this.#chunk(handle, Number(op) + 1)
    }
    const from = inSnapshot ? base : Number(tx)
    if (from > this.#seq) return { kind: 'must-refetch', handle: this.#mint(station, name) }
    return this.#log(handle, { name, station, base, from })
  }

  /** Calls once when this station's shape may have news. */
  onNews(station: number, name: StationShape, call: () => void): () => void {
    const key = `${name}/${station}`
    const calls = this.#waiting.get(key) ?? new Set()
    this.#waiting.set(key, calls)
    calls.add(call)
    return () => calls.delete(call)
  }

  /**
   * Every handle is forgotten, as after a restore or a prune; old ones are never given again. Live
   * requests are answered, as the server answers them then.
   */
  forget(): void {
    this.#handles.clear()
    this.#epoch += 1
    for (const calls of this.#waiting.values()) wake(calls)
  }

  /** Forgets what was logged since: those changes were never committed, it turned out. */
  restart(): void {
    for (const log of this.#logs.values()) log.length = 0
    this.forget()
  }

  #mint(station: number, name: StationShape): string {
    this.#minted += 1
    const handle = `${name}-${station}-${this.#epoch}-${this.#minted}`
    const rows = this.#rowsOf(station, name)
    this.#handles.set(handle, { name, station, rows, base: this.#seq })
    return handle
  }

  #rowsOf(station: number, name: StationShape): readonly FeedRow[] {
    const { tables } = this.#cloud.db
    const named = {
      denied_token: tables.denied,
      key_set: tables.keySet,
      lease_ask: tables.leaseAsk,
      supply_cut: tables.supplyCut,
    }
    const table = { ...tables, ...named }[name]
    const rows: FeedRow[] = []
    for (const row of table.values()) {
      const shown = shapeRowOf(name, row)
      if (shown['station_no'] === undefined || shown['station_no'] === station) rows.push(shown)
    }
    return rows
  }

  #chunk(handle: string, no: number): FeedAnswer {
    const rows = this.#handles.get(handle)?.rows ?? []
    const piece = rows.slice(no * chunkRows, (no + 1) * chunkRows)
    const messages = piece.map((value) => ({ operation: 'insert' as const, value }))
    // The first answer never says up-to-date, however little there is (sync.md 6.5).
    return { kind: 'rows', handle, offset: `0_${no}`, messages, upToDate: false }
  }

  #log(handle: string, { name, station, base, from }: LogAsk): FeedAnswer {
    const news = this.#since(name, from).filter(
      (entry) => entry.station === null || entry.station === station,
    )
    const piece = news.slice(0, logRows)
    const more = piece.length < news.length
    const last = more ? (piece.at(-1)?.seq ?? from) : this.#seq
    const offset = last === base ? '0_inf' : `${last}_0`
    const messages = piece.map(({ message }) => message)
    return { kind: 'rows', handle, offset, messages, upToDate: !more }
  }

  /** Entries after `from`, found from the newest back. */
  #since(name: StationShape, from: number): readonly LogEntry[] {
    const log = this.#logs.get(name) ?? []
    let start = log.length
    while (start > 0 && (log[start - 1]?.seq ?? 0) > from) start -= 1
    return log.slice(start)
  }

  #take({ table, before, after }: RowChange): void {
    const log = this.#logs.get(table as StationShape)
    if (log === undefined) return
    const name = table as StationShape
    const message = messageOf(name, before, after)
    if (message === undefined) return
    this.#seq += 1
    const own = message.value['station_no']
    const station = typeof own === 'number' ? own : null
    log.push({ seq: this.#seq, station, message })
    for (const [key, calls] of this.#waiting) {
      if (!key.startsWith(`${name}/`)) continue
      if (station !== null && key !== `${name}/${station}`) continue
      wake(calls)
    }
  }
}

function wake(calls: Set<() => void>): void {
  const woken = [...calls]
  calls.clear()
  for (const call of woken) call()
}

/** Undefined when no column changed that a station may see. */
function messageOf(name: StationShape, before: unknown, after: unknown): FeedMessage | undefined {
  if (after === undefined) return { operation: 'delete', value: shapeRowOf(name, before) }
  const value = shapeRowOf(name, after)
  if (before === undefined) return { operation: 'insert', value }
  const same = JSON.stringify(shapeRowOf(name, before)) === JSON.stringify(value)
  return same ? undefined : { operation: 'update', value }
}
