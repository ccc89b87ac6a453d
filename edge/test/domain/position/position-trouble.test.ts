import type { FaultCode } from '@baari/shared/faults/fault-codes'
import { instant, mono } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import {
  decideTrouble,
  enderOf,
  nextTroubles,
  recalledCodes,
  shownTrouble,
  wantsReading,
  type Trouble,
  type TroubleEvent,
  type Troubles,
} from '../../../src/domain/position/position-trouble.ts'

const since = instant(1_000)
const unknown = { code: 'dispenser_unknown_state', since } as const
const overrun = { code: 'preset_overrun', since } as const

const sound: Trouble = { kind: 'sound' }
const unread: Trouble = { kind: 'unread', ...unknown }
const readOnce: Trouble = { kind: 'read-once', ...unknown, at: mono(50) }
const held: Trouble = { kind: 'held', ...overrun, by: 'attendant' }

const raised = (code: FaultCode, at = 9_000): TroubleEvent => ({
  kind: 'raised',
  code,
  since: instant(at),
})
const readWell = (at: number): TroubleEvent => ({ kind: 'read-well', at: mono(at) })
const readBadly: TroubleEvent = { kind: 'read-badly' }
const endedBy = (by: 'attendant' | 'manager' | 'ledger'): TroubleEvent => ({ kind: 'ended', by })

describe('a fault of a position that ends by readings', () => {
  it('D14: is unread once raised, and keeps its first moment when it is raised again', () => {
    expect(decideTrouble(sound, { kind: 'raised', ...unknown })).toEqual(unread)
    expect(decideTrouble(unread, raised('dispenser_unknown_state'))).toEqual(unread)
  })
  it('J5 one good reading is not enough, the second one a second later is', () => {
    expect(decideTrouble(unread, readWell(50))).toEqual(readOnce)
    expect(decideTrouble(readOnce, readWell(1_050))).toEqual(sound)
  })
  it('J5 two readings of one short moment are one', () => {
    expect(decideTrouble(readOnce, readWell(1_049))).toEqual(readOnce)
  })
  it('J5 a bad reading, or the fault again, between the two begins anew', () => {
    expect(decideTrouble(readOnce, readBadly)).toEqual(unread)
    expect(decideTrouble(readOnce, raised('dispenser_unknown_state'))).toEqual(unread)
    expect(decideTrouble(unread, readBadly)).toEqual(unread)
  })
  it.each(['attendant', 'manager', 'ledger'] as const)('is not ended by the %s', (by) => {
    expect(decideTrouble(unread, endedBy(by))).toEqual(unread)
    expect(decideTrouble(readOnce, endedBy(by))).toEqual(readOnce)
  })
})

describe('a fault of a position that somebody must end', () => {
  it('D10: an overrun is held from its raise, whatever is read, until the attendant ends it', () => {
    expect(decideTrouble(sound, { kind: 'raised', ...overrun })).toEqual(held)
    for (const event of [readWell(0), readWell(99_000), readBadly, raised('preset_overrun')]) {
      expect(decideTrouble(held, event)).toEqual(held)
    }
    expect(decideTrouble(held, endedBy('manager'))).toEqual(held)
    expect(decideTrouble(held, endedBy('attendant'))).toEqual(sound)
  })
  it('D02: a meter that went back is ended by a manager alone, the ledger by itself', () => {
    const meter = decideTrouble(sound, raised('meter_reset'))
    expect(decideTrouble(meter, endedBy('attendant'))).toEqual(meter)
    expect(decideTrouble(meter, endedBy('manager'))).toEqual(sound)
    const ledger = decideTrouble(sound, raised('ledger_failed'))
    expect(decideTrouble(ledger, endedBy('ledger'))).toEqual(sound)
  })
  it('a fault the table does not name is a person’s to end', () => {
    expect(enderOf('duplicate_address')).toBe('attendant')
  })
})

describe('a position without a fault', () => {
  it('stays without one whatever else happens', () => {
    for (const event of [readWell(0), readBadly, endedBy('attendant')]) {
      expect(decideTrouble(sound, event)).toEqual(sound)
      expect(nextTroubles([], event)).toEqual([])
    }
  })
})

describe('the faults of a position together', () => {
  const both = [raised('dispenser_unknown_state'), raised('preset_overrun')].reduce<Troubles>(
    nextTroubles,
    [],
  )

  it('are one of each code, and readings end only what they may', () => {
    expect(nextTroubles(both, raised('preset_overrun'))).toEqual(both)
    const after = [readWell(0), readWell(1_000)].reduce(nextTroubles, both)
    expect(after.map(({ code }) => code)).toEqual(['preset_overrun'])
    expect(wantsReading(both)).toBe(true)
    expect(wantsReading(after)).toBe(false)
  })
  it('show first what a person must end', () => {
    expect(shownTrouble(both)?.code).toBe('preset_overrun')
    const after = nextTroubles(both, endedBy('attendant'))
    expect(shownTrouble(after)?.code).toBe('dispenser_unknown_state')
    expect(shownTrouble([])).toBeNull()
  })
  it('outlive a restart by their alarms, but for what the ledger itself remembers', () => {
    expect(recalledCodes).toEqual(['dispenser_unknown_state', 'preset_overrun'])
  })
})
