import type { AlarmSource } from '@baari/shared/contracts/sync/stream-ops'
import type { AlarmDesk, AlarmWord } from '../../ports/alarm-desk.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { Log } from '../../ports/log.ts'
import type { SyncCommands } from '../sync/sync-commands.ts'

export type AlarmDeskParts = {
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly log: Log
}

/**
 * Words of one source under way to the ledger at once; what comes past it is in the log only. No
 * flood of another part may crowd out a trip: the open alarm is what holds it over a restart.
 */
const waitingMax = 100

export function alarmDesk({ ledger, log }: AlarmDeskParts): AlarmDesk {
  const waiting = new Map<AlarmSource, number>()
  const count = (source: AlarmSource, by: 1 | -1): void =>
    void waiting.set(source, (waiting.get(source) ?? 0) + by)
  const hasRoom = ({ source }: AlarmWord): boolean => (waiting.get(source) ?? 0) < waitingMax

  function send(word: AlarmWord, told: Promise<unknown>): void {
    count(word.source, 1)
    told
      .catch((error: unknown) => {
        const fields = { ...word, reason: String(error) }
        log({ level: 'error', event: 'alarm not stored', fields })
      })
      .finally(() => count(word.source, -1))
  }

  return {
    raise(alarm) {
      log({ level: 'error', event: 'alarm', fields: { ...alarm } })
      if (hasRoom(alarm)) send(alarm, ledger.run('alarm.raise', alarm))
    },
    clear(alarm) {
      if (hasRoom(alarm)) send(alarm, ledger.run('alarm.clear', alarm))
    },
  }
}
