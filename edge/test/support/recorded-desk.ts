import type { Me } from '@baari/shared/contracts/http/edge-api'
import { refusal } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import { attendantId } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type { StationDesk } from '../../src/ports/station-desk.ts'

export const kavita: Me = {
  attendant: {
    id: attendantId('00000001-0000-7000-8000-000000000001'),
    name: 'Kavita',
    role: 'attendant',
  },
  signedInAtMs: instant(1_760_000_000_000),
}
export const goodSession = 'ab'.repeat(32)

/**
 * A desk that writes down every call instead of doing it. It stands in where a test is about the
 * door alone: which requests reach the station at all, and with what.
 */
export function recordedDesk(over: Partial<StationDesk['entry']> = {}): {
  readonly desk: StationDesk
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[]
} {
  const calls: { name: string; args: readonly unknown[] }[] = []
  const call = <T>(name: string, value: T) => {
    return (...args: readonly unknown[]): Promise<T> => {
      calls.push({ name, args })
      return Promise.resolve(value)
    }
  }
  const none = ok(null)
  const done = err(refusal('ticket_unknown'))
  const desk: StationDesk = {
    people: {
      list: () => Promise.resolve({ attendants: [kavita.attendant] }),
      signIn: ({ pin }) => {
        calls.push({ name: 'signIn', args: [pin] })
        if (pin !== '4821') return Promise.resolve(err(refusal('wrong_pin', { left: 4 })))
        return Promise.resolve(ok({ me: kavita, session: goodSession }))
      },
      me: (session) => Promise.resolve(session === goodSession ? kavita : undefined),
      signOut: call('signOut', undefined),
    },
    entry: {
      scan: call('scan', done),
      undoScan: call('undoScan', none),
      openWalkIn: call('openWalkIn', done),
      details: call('details', done),
      skip: call('skip', done),
      back: call('back', done),
      leave: call('leave', done),
      undoCall: call('undoCall', none),
      callOutOfTurn: call('callOutOfTurn', done),
      why: call('why', done),
      ...over,
    },
    papers: { receipt: call('receipt', none), booking: call('bookingPaper', none) },
    service: () => ({ lines: [], devices: [], readings: [], faults: [] }),
    windows: {
      list: call('listWindows', ok({ selling: false, cutUntilMs: null, windows: [] })),
      sell: call('sell', done),
    },
    places: {
      ready: call('ready', none),
      stop: call('stop', none),
      close: call('close', none),
      open: call('open', none),
      resetTrip: call('resetTrip', none),
      clearMeter: call('clearMeter', none),
    },
    vehicles: { correct: call('correct', err(refusal('photo_invalid'))) },
    books: {
      fills: call('fills', ok({ fills: [], nextCursor: null })),
      collect: call('collect', done),
      shift: call('shift', err(refusal('shift_closed'))),
      openShift: call('openShift', done),
      closeShift: call('closeShift', done),
      reopenLink: call('reopenLink', none),
      syncStatus: () => Promise.reject(new Error('not asked here')),
    },
  }
  return { desk, calls }
}
