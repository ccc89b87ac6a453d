import { parentPort, workerData } from 'node:worker_threads'
import { present, unreachable } from '@baari/shared/faults/assert'
import { checkpointWhenLong, closeTelemetryFile, openTelemetryFile } from './telemetry-file.ts'
import type { Ask, Reply, WorkerStart } from './telemetry-messages.ts'
import { TelemetryOutbox } from './telemetry-outbox.ts'
import { TelemetryWriter } from './telemetry-writer.ts'

/** The telemetry thread: takes one group at a time, answers when it is on disk, then tidies. */
const port = present(parentPort, 'the port of a worker thread')
const { path, mostBytes, station } = workerData as WorkerStart
const db = openTelemetryFile(path)
const outbox = new TelemetryOutbox(db, station)
const writer = new TelemetryWriter(db, mostBytes, outbox)

const reply = (message: Reply): void => port.postMessage(message)

function answer(ask: Ask): Reply {
  switch (ask.kind) {
    case 'store':
      if (writer.beyondBound() || (ask.pressed && !writer.hasRoomInside())) return refused(ask.id)
      return { kind: 'stored', id: ask.id, outcome: writer.store(ask.records) }
    case 'state':
      return { kind: 'state', id: ask.id, state: writer.state() }
    case 'drop':
      writer.drop(ask.segment)
      return { kind: 'done', id: ask.id }
    case 'forget':
      writer.forget(ask.receivedBefore)
      return { kind: 'done', id: ask.id }
    case 'next':
      return { kind: 'run', id: ask.id, run: outbox.next(ask.epoch, ask.bound) }
    case 'acked':
      return { kind: 'marked', id: ask.id, ...outbox.acked(ask.mark) }
    case 'compare':
      return { kind: 'compared', id: ask.id, relation: outbox.compare(ask.head) }
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
  const code = isFull(error) ? 'disk_full' : 'ledger_failed'
  return { kind: 'failed', id, code, reason: String(error) }
}

/** False when the disk has no room to copy the log back: the group itself is safe in the log. */
function tidied(): boolean {
  try {
    checkpointWhenLong(db)
    return true
  } catch (error) {
    if (isFull(error)) return false
    throw error
  }
}

function isFull(error: unknown): boolean {
  const code = (error as { code?: string }).code
  return code === 'SQLITE_FULL' || code === 'ENOSPC'
}

/** Room may have to be made: the disk is full, or the rows outgrew theirs. */
function propose(pressed: boolean): void {
  const oldest = writer.oldestWhenFull({ pressed: pressed && !writer.hasRoomInside() })
  if (oldest) reply({ kind: 'full', oldest })
}

port.on('message', (ask: Ask) => {
  try {
    reply(answer(ask))
  } catch (error) {
    const failed = failure(ask.id, error)
    reply(failed)
    if (ask.kind === 'store' && failed.kind === 'failed') propose(failed.code === 'disk_full')
    return
  }
  if (ask.kind === 'close') {
    port.close()
    return
  }
  if (ask.kind !== 'store') return
  propose(tidied() ? ask.pressed : true)
})
