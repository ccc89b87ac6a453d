import { clearAlarm, raiseAlarm, sweepAlarms } from './alarm-commands.ts'
import { closeDay, readFigures, readLastClosed } from './close-days.ts'
import { beginRollback } from './rollback/begin-rollback.ts'
import { lookAtPast, readRun } from './rollback/past-epochs.ts'
import { replayOps } from './rollback/replay-ops.ts'
import { clearStage, stageOps, whereItEnds } from './rollback/stage-ops.ts'
import { applyShape, readCursors } from './follow-commands.ts'
import { proofCommands, proofReads } from './proof-commands.ts'
import { flushState, keepState } from './state-commands.ts'
import { learnTime, readTime, saveFloor } from './time-commands.ts'
import {
  anyWaits,
  compareWithCloud,
  markAcked,
  nextBatch,
  readEpoch,
  readTail,
  rewindUplink,
  setFenced,
  setGeneration,
} from './uplink-commands.ts'

/** Sync's part of the command table. */
export const syncCommands = {
  'uplink.next': nextBatch,
  'uplink.waits': anyWaits,
  'uplink.acked': markAcked,
  'uplink.rewind': rewindUplink,
  'uplink.compare': compareWithCloud,
  'epoch.read': readEpoch,
  'epoch.generation': setGeneration,
  'epoch.fenced': setFenced,
  'epoch.tail': readTail,
  'epoch.run': readRun,
  'alarm.raise': raiseAlarm,
  'alarm.clear': clearAlarm,
  'alarm.sweep': sweepAlarms,
  'state.keep': keepState,
  'state.flush': flushState,
  'epoch.past': lookAtPast,
  'rollback.where': whereItEnds,
  'rollback.stage': stageOps,
  'rollback.clear': clearStage,
  'rollback.begin': beginRollback,
  'rollback.replay': replayOps,
  'time.read': readTime,
  'time.learn': learnTime,
  'time.floor': saveFloor,
  'follow.cursors': readCursors,
  'follow.apply': applyShape,
  ...proofCommands,
  'proof.figures': readFigures,
  'proof.close': closeDay,
  'proof.closed': readLastClosed,
} as const

/** Those that only read. */
export const syncReads = [
  'uplink.next',
  'uplink.waits',
  'epoch.read',
  'epoch.run',
  'epoch.tail',
  'epoch.past',
  'rollback.where',
  'time.read',
  'follow.cursors',
  ...proofReads,
  'proof.figures',
  'proof.closed',
] as const

export type SyncCommands = typeof syncCommands
