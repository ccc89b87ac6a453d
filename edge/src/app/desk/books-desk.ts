import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { InputOf, OutputOf } from '../../ports/ledger.ts'
import type { Books, By } from '../../ports/station-desk.ts'
import { managerUnlocks, type CheckPin } from './people-desk.ts'
import { runOnce } from '../request/run-once.ts'
import type { DeskCommands, DeskLedger, LinkFacts } from './desk-commands.ts'

export type BooksDeskParts = {
  readonly ledger: DeskLedger
  readonly link: () => LinkFacts
  readonly checkPin: CheckPin
  /** Opens a link that waits for a person. */
  readonly reopenLink: () => void
}

/** States of the uplink that only a person ends. */
const waitForPerson = new Set(['fenced', 'forked'])

type BookChange = 'fill.collect' | 'shift.open' | 'shift.close'
type Told<K extends BookChange> =
  OutputOf<DeskCommands[K]> extends Result<infer T, Refusal> ? T : never

/** Fills, payments at the pump and shifts: rows only, nothing on the forecourt moves. */
export function booksDesk({ ledger, link, checkPin, reopenLink }: BooksDeskParts): Books {
  async function change<K extends BookChange>(
    by: By,
    command: K,
    input: InputOf<DeskCommands[K]>,
  ): Promise<Result<Told<K>, Refusal>> {
    const once = await runOnce(ledger, by.request, { command, input })
    return once.ok ? (once.value.answer as Result<Told<K>, Refusal>) : once
  }

  return {
    async fills(page) {
      const { fills, nextCursor } = await ledger.run('fill.list', page)
      return ok({ fills: [...fills], nextCursor })
    },
    collect: (ask, by) => change(by, 'fill.collect', { ...ask, by: by.attendant }),
    async shift() {
      const shift = await ledger.run('shift.current', {})
      return shift ? ok(shift) : err(refusal('shift_closed'))
    },
    openShift: (ask, by) => change(by, 'shift.open', { ...ask, by: by.attendant }),
    closeShift: (ask, by) => change(by, 'shift.close', { ...ask, by: by.attendant }),
    syncStatus: () => ledger.run('sync.status', { link: link() }),
    async reopenLink({ managerPin: pin }, by) {
      const { uplink = 'alone' } = link()
      if (!waitForPerson.has(uplink)) return err(refusal('link_open'))
      const opened = await managerUnlocks({ ledger, checkPin }, { pin, typedBy: by.attendant })
      if (!opened.ok) return opened
      const taken = await runOnce(ledger, by.request, { command: 'request.takeKey', input: {} })
      if (!taken.ok) return taken
      if (taken.value.repeated) return ok(null)
      await ledger.run('sync.reopened', { by: by.attendant, uplink })
      reopenLink()
      return ok(null)
    },
  }
}
