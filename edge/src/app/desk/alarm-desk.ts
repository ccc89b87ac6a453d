import type { AlarmDesk, AlarmWord } from '../../ports/alarm-desk.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { Log } from '../../ports/log.ts'
import type { SyncCommands } from '../sync/sync-commands.ts'

export type AlarmDeskParts = {
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly log: Log
}

/** Words under way to the ledger at once; what comes past it is in the log only. */
const waitingMax = 100

export function alarmDesk({ ledger, log }: AlarmDeskParts): AlarmDesk {
  let waiting = 0

  function send(word: AlarmWord, told: Promise<unknown>): void {
    waiting += 1
    told
      .catch((error: unknown) => {
        const fields = { ...word, reason: String(error) }
        log({ level: 'error', event: 'alarm not stored', fields })
      })
      .finally(() => (waiting -= 1))
  }

  return {
    raise(alarm) {
      log({ level: 'error', event: 'alarm', fields: { ...alarm } })
      if (waiting < waitingMax) send(alarm, ledger.run('alarm.raise', alarm))
    },
    clear(alarm) {
      if (waiting < waitingMax) send(alarm, ledger.run('alarm.clear', alarm))
    },
  }
}
