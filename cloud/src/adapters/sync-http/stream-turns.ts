type Turn = {
  /** True while another batch of the stream is before this one. */
  waits(): boolean
  /** Settles when every batch that came before has ended, however it ended. */
  readonly begun: Promise<void>
  /** Harmless when called again. */
  end(): void
}

export type StreamTurns = { enter(stream: string): Turn }

/**
 * Batches of one stream one after the other in the order they came: a station sends the next of a
 * backlog while the one before is worked on, and the database would let either be first. It is a
 * courtesy of this process: at a second one the later batch finds a gap and is sent again. How many
 * wait is bounded by who is let in (`admission`).
 */
export function streamTurns(): StreamTurns {
  const last = new Map<string, Promise<void>>()

  return {
    enter(stream) {
      const before = last.get(stream)
      const { promise: ended, resolve: end } = resolvable()
      const mine = before === undefined ? ended : before.then(() => ended)
      last.set(stream, mine)
      void mine.then(() => {
        if (last.get(stream) === mine) last.delete(stream)
      })
      let waits = before !== undefined
      const begun = before?.then(() => void (waits = false)) ?? Promise.resolve()
      return { waits: () => waits, begun, end }
    },
  }
}

function resolvable(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
