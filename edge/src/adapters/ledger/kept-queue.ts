import type { QueueStore } from '../../ports/queue-store.ts'
import type { DispatchState, Vehicle } from '@baari/shared/domain/dispatch/dispatch-state'
import { asc } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { upsertRow } from './prepared-writes.ts'
import { queueRecent, queueState, queueVehicle } from './schema/ticket.ts'

/**
 * The rule's state, in memory as the last command left it and written once for each commit: every
 * scan changes it. Of its vehicles only those that changed are written.
 */
export function keptQueue(session: LedgerSession): Pick<QueueStore, 'state' | 'saveState'> {
  const file = queueFile(session)
  let known: { readonly state: DispatchState | undefined } | undefined
  let written = true

  session.memory.join({
    write() {
      if (!written && known?.state) file.write(known.state)
      written = true
    },
    forget() {
      known = undefined
      written = true
    },
  })

  return {
    state: () => (known ??= { state: file.read() }).state,
    saveState(state) {
      // What the file holds must be known before it is written over.
      known ??= { state: file.read() }
      known = { state }
      written = false
    },
  }
}

type InFile = {
  readonly vehicles: ReadonlyMap<number, Vehicle>
  readonly recent: DispatchState['recent'] | undefined
}

const nothing: InFile = { vehicles: new Map(), recent: undefined }

/** The state's rows. `write` compares with what was read or written last. */
function queueFile(session: LedgerSession) {
  const { db } = session
  const row = readRows(session, queueState, db.select().from(queueState))
  const young = readRows(session, queueRecent, db.select().from(queueRecent))
  const saveState = upsertRow(session, queueState, { key: queueState.id })
  const saveRecent = upsertRow(session, queueRecent, { key: queueRecent.id })
  const vehicles = vehicleRows(session)
  let inFile = nothing

  return {
    read(): DispatchState | undefined {
      inFile = nothing
      const body = row.get()?.body
      if (body === undefined) return undefined
      const queue = vehicles.read()
      const recent = JSON.parse(young.get()?.body ?? '[]') as DispatchState['recent']
      inFile = { vehicles: bySerial(queue), recent }
      return { ...(JSON.parse(body) as DispatchState), vehicles: queue, recent }
    },
    write(state: DispatchState): void {
      const { recent } = state
      saveState({ id: 1, body: JSON.stringify({ ...state, vehicles: [], recent: [] }) })
      if (recent !== inFile.recent) saveRecent({ id: 1, body: JSON.stringify(recent) })
      const queue = bySerial(state.vehicles)
      vehicles.write(inFile.vehicles, queue)
      inFile = { vehicles: queue, recent }
    },
  }
}

function bySerial(vehicles: readonly Vehicle[]): ReadonlyMap<number, Vehicle> {
  return new Map(vehicles.map((vehicle) => [vehicle.serial, vehicle]))
}

/** Rows of the vehicles in the order of their serials, which is that of the state's list. */
function vehicleRows(session: LedgerSession) {
  const { db, sqlite } = session
  const all = readRows(
    session,
    queueVehicle,
    db.select().from(queueVehicle).orderBy(asc(queueVehicle.serial)),
  )
  const save = upsertRow(session, queueVehicle, { key: queueVehicle.serial })
  const drop = sqlite.prepare<[number]>('DELETE FROM queue_vehicle WHERE serial = ?')
  return {
    read: () => all.all().map(({ body }) => JSON.parse(body) as Vehicle),
    write(before: InFile['vehicles'], now: InFile['vehicles']): void {
      for (const [serial, vehicle] of now) {
        if (before.get(serial) !== vehicle) save({ serial, body: JSON.stringify(vehicle) })
      }
      for (const serial of before.keys()) if (!now.has(serial)) drop.run(serial)
    },
  }
}
