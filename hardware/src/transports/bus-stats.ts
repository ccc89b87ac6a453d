import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { BusStats } from '../ports/bus.ts'
import type { LineEvent } from './bus-line.ts'

export type MutableBusStats = { -readonly [K in keyof BusStats]: BusStats[K] }

export function emptyBusStats(): MutableBusStats {
  return {
    exchanges: 0,
    replies: 0,
    timeouts: 0,
    retries: 0,
    lateReplies: 0,
    mismatches: 0,
    foreignReplies: 0,
    noiseBytes: 0,
    damagedFrames: 0,
    echoes: 0,
    preempted: 0,
    lineBusy: 0,
    overflows: 0,
    queueLongest: 0,
  }
}

/** Which counter an event on the line belongs to. */
export const lineEventCounter: Readonly<Record<LineEvent, keyof BusStats>> = {
  'late-reply': 'lateReplies',
  mismatch: 'mismatches',
  'foreign-reply': 'foreignReplies',
  'surplus-reply': 'foreignReplies',
  damaged: 'damagedFrames',
  echo: 'echoes',
  'unexpected-echo': 'echoes',
}

/** Events a technician must hear of at once. */
export const raisingEvents: Readonly<
  Partial<Record<LineEvent, { readonly code: FaultCode; readonly hint: string }>>
> = {
  'foreign-reply': { code: 'duplicate_address', hint: 'a reply came from an address not asked' },
  'surplus-reply': { code: 'duplicate_address', hint: 'a second reply came to one request' },
  'unexpected-echo': { code: 'echo_detected', hint: 'our own request came back' },
}
