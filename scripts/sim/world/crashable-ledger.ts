import type { Ledger } from '@baari/edge/ports/ledger'
import type { Commands } from '@baari/edge/app/commands'

export type Crash = 'before' | 'after'

export type CrashableLedger = Ledger<Commands> & {
  /** The process dies at its next command but `skip`: before it runs, or before its answer. */
  crashIn(skip: number, moment: Crash): void
  calm(): void
}

/** Far above what a station does at one moment. */
const commandsOfAMoment = 5_000

type CrashableDeps = {
  readonly alive: () => boolean
  readonly die: (command: string) => void
  readonly now: () => number
  readonly onRestless: (command: string) => void
}

/**
 * The ledger of a process that may die at any command. A dead process is answered nothing more;
 * what its ledger still does reaches no disk.
 */
export function crashableLedger(
  inner: Ledger<Commands>,
  { alive, die, now, onRestless }: CrashableDeps,
): CrashableLedger {
  let left = -1
  let when: Crash = 'before'
  let moment = { at: -1, commands: 0 }

  /** False when the process asks without end while no time passes: it would never rest. */
  function rests(name: string): boolean {
    const at = now()
    moment = { at, commands: at === moment.at ? moment.commands + 1 : 1 }
    if (moment.commands <= commandsOfAMoment) return true
    onRestless(name)
    return false
  }

  const run: Ledger<Commands>['run'] = (name, input) =>
    new Promise((resolve, reject) => {
      if (!alive()) return
      if (!rests(name)) return die(`${name} without end`)
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
    crashIn(skip, at) {
      left = skip
      when = at
    },
    calm() {
      left = -1
    },
  }
}
