import { parentPort, workerData } from 'node:worker_threads'
import { present, unreachable } from '@baari/shared/faults/assert'
import { checkpointWhenLong, closeTelemetryFile, openTelemetryFile } from './telemetry-file.ts'
import type { Ask, Reply, WorkerStart } from './telemetry-messages.ts'
import { TelemetryWriter } from './telemetry-writer.ts'

/** The telemetry thread: takes one group at a time, answers when it is on disk, then tidies. */
const port = present(parentPort, 'the port of a worker thread')
const { path, mostBytes } = workerData as WorkerStart
const db = openTelemetryFile(path)
const writer = new TelemetryWriter(db, mostBytes)

const reply = (message: Reply): void => port.postMessage(message)

function answer(ask: Ask): Reply {
  switch (ask.kind) {
    case 'store':
      if (writer.beyondBound()) return refused(ask.id)
      return { kind: 'stored', id: ask.id, outcome: writer.store(ask.records) }
    case 'state':
      return { kind: 'state', id: ask.id, state: writer.state() }
    case 'drop':
      writer.drop(ask.segment)
      return { kind: 'done', id: ask.id }
    case 'close':
      closeTelemetryFile(db)
      return { kind: 'done', id: ask.id }
    default:
      return unreachable(ask)
  }
}

function refused(id: number): Reply {
  const reason = 'telemetry.db is over its size and the gap is not yet in the ledger'
  return { kind: 'failed', id, code: 'disk_full', reason }
}

function failure(id: number, error: unknown): Reply {
  const code = (error as { code?: string }).code
  const full = code === 'SQLITE_FULL' || code === 'ENOSPC'
  return { kind: 'failed', id, code: full ? 'disk_full' : 'ledger_failed', reason: String(error) }
}

port.on('message', (ask: Ask) => {
  try {
    reply(answer(ask))
  } catch (error) {
    reply(failure(ask.id, error))
    return
  }
  if (ask.kind === 'close') {
    port.close()
    return
  }
  if (ask.kind !== 'store') return
  checkpointWhenLong(db)
  const oldest = writer.oldestWhenFull()
  if (oldest) reply({ kind: 'full', oldest })
})
