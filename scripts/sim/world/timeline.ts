/** An event of the world that has not happened yet. */
type Entry = {
  readonly due: number
  readonly order: number
  readonly name: string
  readonly call: () => void
  cancelled: boolean
}

/**
 * True time of the simulated world: milliseconds since its beginning, moved by what happens next.
 * Two events of one moment happen in the order they were asked for, so that a seed replays.
 */
export class Timeline {
  #now = 0
  #order = 0
  #events = 0
  #hash = 0x811c9dc5
  readonly #heap: Entry[] = []

  now(): number {
    return this.#now
  }

  /** Events that happened, and a hash over their times and names. */
  log(): { readonly events: number; readonly hash: string } {
    return { events: this.#events, hash: (this.#hash >>> 0).toString(16).padStart(8, '0') }
  }

  /** Mixes a word of the world into the log's hash, so that equal logs mean equal worlds. */
  note(text: string): void {
    let hash = this.#hash
    for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    this.#hash = hash
  }

  /** Calls once after `delayMs`; the returned function cancels and is harmless later. */
  after(name: string, delayMs: number, call: () => void): () => void {
    const due = this.#now + Math.max(0, Math.round(delayMs))
    const entry: Entry = { due, order: (this.#order += 1), name, call, cancelled: false }
    this.#push(entry)
    return () => {
      entry.cancelled = true
    }
  }

  /** Lets everything up to `end` happen, or up to the moment `done` says so. */
  async runUntil(end: number, done: () => boolean = () => false): Promise<void> {
    await settled()
    while (!done()) {
      const next = this.#heap[0]
      if (next === undefined || next.due > end) {
        this.#now = end
        return
      }
      this.#pop()
      if (next.cancelled) continue
      this.#now = next.due
      this.#events += 1
      this.#hash = Math.imul(this.#hash ^ next.due, 0x01000193)
      this.note(next.name)
      next.call()
      await settled()
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const other = heap[parent] as Entry
      if (!isBefore(entry, other)) break
      heap[at] = other
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Entry
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= heap.length) break
      const right = left + 1
      const a = heap[left] as Entry
      const b = heap[right]
      const child = b !== undefined && isBefore(b, a) ? right : left
      const other = heap[child] as Entry
      if (!isBefore(other, last)) break
      heap[at] = other
      at = child
    }
    heap[at] = last
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

/**
 * Resolves when nothing is left to do at this moment: a tick of the process runs after every
 * microtask. So nothing in the world may wait for a thread, a socket or a real timer.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}
