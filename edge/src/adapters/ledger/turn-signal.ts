import { millis } from '@baari/shared/units/time'

/** Two 32-bit words that both threads see. */
export type TurnWords = SharedArrayBuffer

const isOpen = 0
const tick = 1

/**
 * How long a batch may stay open for commands that are still being read from the network. A turn
 * of the control thread takes less than this unless it does something else, and that is not waited for.
 */
export const companyWait = millis(4)

/** The control thread's side: whether this turn of its event loop may bring more commands. */
export type TurnSignal = {
  readonly words: TurnWords
  /** To be called after each message to the ledger thread. */
  posted(): void
}

export function turnSignal(): TurnSignal {
  const words = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
  const view = new Int32Array(words)

  function tell(): void {
    Atomics.add(view, tick, 1)
    Atomics.notify(view, tick)
  }

  function endTurn(): void {
    Atomics.store(view, isOpen, 0)
    tell()
  }

  return {
    words,
    posted() {
      if (Atomics.exchange(view, isOpen, 1) === 0) setImmediate(endTurn)
      tell()
    },
  }
}

/**
 * The ledger thread's side: the next message, waited for while the other thread's turn is open and
 * the patience of this batch lasts. Undefined when nothing is to be expected: commit now.
 */
export function companyIn<T>(words: TurnWords, receive: () => T | undefined): () => T | undefined {
  const view = new Int32Array(words)
  let deadline: number | undefined

  return () => {
    for (;;) {
      const open = Atomics.load(view, isOpen) === 1
      const seen = Atomics.load(view, tick)
      const message = receive()
      if (message !== undefined || !open) return message
      deadline ??= performance.now() + companyWait
      const left = deadline - performance.now()
      if (left <= 0) return undefined
      Atomics.wait(view, tick, seen, left)
    }
  }
}
