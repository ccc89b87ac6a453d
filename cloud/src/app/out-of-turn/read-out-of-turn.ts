import type { OutOfTurnCall, OutOfTurnReport } from '@baari/shared/contracts/http/out-of-turn-api'
import { initialsOf, maskedNote, maskedPlate } from '../../domain/out-of-turn/masked.ts'
import { rankCalls } from '../../domain/out-of-turn/rank-calls.ts'
import type { OutOfTurnAsk, OutOfTurnBook, ToldCall } from '../../ports/out-of-turn.ts'

/** A page that shows more than these is read by nobody; an export takes ten times as many. */
const callsShown = 500
const callsExported = 5_000

/** Who may read the names of the station's people. */
export type Reader = { readonly names: boolean }

/** All calls out of turn of a time: who made most, and each of them with its reason. */
export async function readOutOfTurn(
  book: OutOfTurnBook,
  ask: OutOfTurnAsk,
  reader: Reader,
): Promise<OutOfTurnReport> {
  const [told, counts] = await Promise.all([book.calls(ask, callsShown + 1), book.counts(ask)])
  const { stations, attendants } = rankCalls(counts)
  return {
    fromMs: ask.from,
    toMs: ask.to,
    stations: [...stations],
    attendants: attendants.map(({ station, attendant: id, attendantName, calls, undone }) => ({
      ...{ station, calls, undone },
      attendant: { id, name: shownName(attendantName, reader) },
    })),
    calls: told.slice(0, callsShown).map((call) => shown(call, reader)),
    more: told.length > callsShown,
  }
}

/** For whoever is no operator: plates, numbers in words and names are masked. */
export async function exportOutOfTurn(
  book: OutOfTurnBook,
  ask: OutOfTurnAsk,
): Promise<{ readonly calls: readonly OutOfTurnCall[]; readonly more: boolean }> {
  const told = await book.calls(ask, callsExported + 1)
  const calls = told.slice(0, callsExported).map((call) => shown(call, { names: false }))
  return { calls, more: told.length > callsExported }
}

function shown({ plateEnd, ...told }: ToldCall, reader: Reader): OutOfTurnCall {
  const { attendant, manager, note, passed } = told
  return {
    ...told,
    plate: maskedPlate(plateEnd),
    note: note === null ? null : maskedNote(note),
    attendant: { ...attendant, name: shownName(attendant.name, reader) },
    manager: { ...manager, name: shownName(manager.name, reader) },
    passed: [...passed],
  }
}

function shownName(name: string, { names }: Reader): string {
  return names ? name : initialsOf(name)
}
