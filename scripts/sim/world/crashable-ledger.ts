import type { Ledger } from '@baari/edge/ports/ledger'
import type { Commands } from '@baari/edge/app/commands'

export type Crash = 'before' | 'after'

export type CrashableLedger = Ledger<Commands> & {
  /** The process dies at its next command but `skip`: before it runs, or before its answer. */
  crashIn(skip: number, moment: Crash): void
  calm(): void
}

/**
 * The ledger of a process that may die at any command. A dead process is answered nothing more;
 * what its ledger still does reaches no disk.
 */
export function crashableLedger(
  inner: Ledger<Commands>,
  { alive, die }: { readonly alive: () => boolean; readonly die: (command: string) => void },
): CrashableLedger {
  let left = -1
  let when: Crash = 'before'

  const run: Ledger<Commands>['run'] = (name, input) =>
    new Promise((resolve, reject) => {
      if (!alive()) return
      const mine = left === 0
      if (left >= 0) left -= 1
      if (mine && when === 'before') return die(name)
      inner.run(name, input).then(
        (value) => {
          if (!alive()) return
          if (mine) die(name)
          else resolve(value)
        },
        (error: unknown) => {
          if (alive()) reject(error)
        },
      )
    })

  return {
    run,
    onCommit: (call) =>
      inner.onCommit((names) => {
        if (alive()) call(names)
      }),
    close: () => inner.close(),
    crashIn(skip, moment) {
      left = skip
      when = moment
    },
    calm() {
      left = -1
    },
  }
}
