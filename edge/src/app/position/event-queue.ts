import type { NozzleEvent } from '../fill/record-event.ts'

export type QueuedEvent = { readonly event: NozzleEvent; readonly raw: string | null }

export type EventQueue = {
  push(event: QueuedEvent): void
  clear(): void
  size(): number
}

/**
 * Events of one nozzle, decided one at a time. While the ledger is busy at most one event of each
 * kind waits: a newer one takes the place of the older at the end, because it says all of it and
 * more (a later reading, a second stop). So the bound is the number of kinds.
 */
export function eventQueue(work: (event: QueuedEvent) => Promise<void>): EventQueue {
  let waiting: readonly QueuedEvent[] = []
  let busy = false

  async function drain(): Promise<void> {
    busy = true
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      waiting = waiting.slice(1)
      await work(next)
    }
    busy = false
  }

  return {
    push(event) {
      waiting = [...waiting.filter((other) => other.event.kind !== event.event.kind), event]
      if (!busy) void drain()
    },
    clear() {
      waiting = []
    },
    size: () => waiting.length,
  }
}
