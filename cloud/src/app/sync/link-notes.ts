import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { Heard, HeardFrom } from '../../ports/link-desk.ts'

export type LinkNotes = {
  /** A batch or heartbeat came; what the station says it still has to send. */
  heard(from: HeardFrom): void
  /** Writes down what is not yet. */
  stop(): Promise<void>
}

export type LinkNotesDeps = {
  readonly clock: Clock
  readonly save: (heard: readonly Heard[]) => Promise<void>
  readonly onFault: (error: unknown) => void
}

/** The operators' page tells minutes. */
const gatherFor = seconds(1)

/**
 * Gathers what stations say of their link and writes it down once a second, the newest of each: a
 * row and a commit for every batch would cost the database as much as the batch itself.
 */
export function linkNotes({ clock, save, onFault }: LinkNotesDeps): LinkNotes {
  let waiting = new Map<number, Heard>()
  let cancel: (() => void) | undefined

  async function write(): Promise<void> {
    cancel?.()
    cancel = undefined
    const heard = [...waiting.values()]
    waiting = new Map()
    if (heard.length > 0) await save(heard).catch(onFault)
  }

  return {
    heard(from) {
      waiting.set(from.stationNo, { ...from, heardAtMs: clock.now() })
      cancel ??= clock.after('link notes', gatherFor, () => void write())
    },
    stop: write,
  }
}
