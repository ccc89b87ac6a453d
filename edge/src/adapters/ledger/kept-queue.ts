import type { QueueStore } from '../../ports/queue-store.ts'
import type { DispatchState, Vehicle } from '@baari/shared/domain/dispatch/dispatch-state'
import { asc } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { upsertRow } from './prepared-writes.ts'
import { queueState, queueVehicle } from './schema/ticket.ts'

/**
 * The rule's state, in memory as the last command left it and written once for each commit: every
 * scan changes it. Of its vehicles, kept in the order of their serials, only those that changed are
 * written.
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

/** The state's rows. `write` compares with what was read or written last. */
function queueFile(session: LedgerSession) {
  const { db, sqlite } = session
  const row = readRows(session, queueState, db.select().from(queueState))
  const bySerial = db.select().from(queueVehicle).orderBy(asc(queueVehicle.serial))
  const vehicles = readRows(session, queueVehicle, bySerial)
  const saveState = upsertRow(session, queueState, { key: queueState.id })
  const saveVehicle = upsertRow(session, queueVehicle, { key: queueVehicle.serial })
  const dropVehicle = sqlite.prepare<[number]>('DELETE FROM queue_vehicle WHERE serial = ?')
  let inFile: ReadonlyMap<number, Vehicle> = new Map()

  return {
    read(): DispatchState | undefined {
      const queue = vehicles.all().map(({ body }) => JSON.parse(body) as Vehicle)
      inFile = new Map(queue.map((vehicle) => [vehicle.serial, vehicle]))
      const body = row.get()?.body
      return body === undefined
        ? undefined
        : { ...(JSON.parse(body) as DispatchState), vehicles: queue }
    },
    write(state: DispatchState): void {
      saveState({ id: 1, body: JSON.stringify({ ...state, vehicles: [] }) })
      const now = new Map(state.vehicles.map((vehicle) => [vehicle.serial, vehicle]))
      for (const [serial, vehicle] of now) {
        if (inFile.get(serial) !== vehicle) saveVehicle({ serial, body: JSON.stringify(vehicle) })
      }
      for (const serial of inFile.keys()) if (!now.has(serial)) dropVehicle.run(serial)
      inFile = now
    },
  }
}
