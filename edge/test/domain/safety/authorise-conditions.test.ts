import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { millibar } from '@baari/shared/units/pressure'
import { dayNumber, millis } from '@baari/shared/units/time'
import { openConditions } from '../../../src/domain/safety/authorise-conditions.ts'
import type { AuthoriseFacts, Interlock } from '../../../src/domain/safety/interlock-facts.ts'
import type { Quality, SafetyReadings } from '../../../src/domain/safety/safety-readings.ts'
import { calm, detector, fine } from './safety-examples.ts'

function open(over: Partial<AuthoriseFacts>): readonly Interlock[] {
  return openConditions({ ...fine, ...over }).map(({ condition }) => condition)
}

function safety(over: Partial<SafetyReadings>): readonly Interlock[] {
  return open({ safety: { ...calm, ...over } })
}

const qualities: readonly Quality[] = ['uncertain', 'bad', 'stale']

describe('the conditions of an authorise', () => {
  it('a station where everything holds authorises', () => {
    expect(openConditions(fine)).toEqual([])
  })

  const cases: readonly (readonly [string, Partial<AuthoriseFacts>, Interlock])[] = [
    ['an all-stop that nobody reset', { tripLatched: true }, 'trip-reset'],
    ['no attendant signed in', { attendantSignedIn: false }, 'attendant'],
    ['no ready given', { readyAgeMs: null }, 'ready'],
    ['a ready older than 60 seconds', { readyAgeMs: millis(60_001) }, 'ready'],
    ['a vehicle called to another position', { ticketCalledHere: false }, 'ticket'],
    ['D12: a use claimed at another dispenser', { useClaimedByTicket: false }, 'token-use'],
    ['a first visit without a plate', { plateRecorded: false }, 'vehicle-record'],
    ['X05: a cylinder one day out of date', { retestDay: dayNumber(20_399) }, 'cylinder'],
    ['a dispenser that is filling', { dispenser: { atRest: false, quality: 'good' } }, 'dispenser'],
    ['an open fill on the nozzle', { openFill: true }, 'open-fill'],
    ['D02: a meter that went back unexplained', { meterFrozen: true }, 'meter'],
    ['a configuration that nobody verified', { configurationVerified: false }, 'configuration'],
    ['P02: no disk reserve', { diskReserveFree: false }, 'disk-reserve'],
  ]
  for (const [what, over, condition] of cases) {
    it(`${what} blocks by ${condition} alone`, () => {
      expect(open(over)).toEqual([condition])
    })
  }

  it('a first visit without a re-test date is asked for it and is not called expired only', () => {
    expect(open({ retestDay: null })).toEqual(['vehicle-record', 'cylinder'])
  })
  it('a walk-in needs no token use', () => {
    expect(open({ useClaimedByTicket: null })).toEqual([])
  })
  it('the re-test day itself is still in date', () => {
    expect(open({ retestDay: fine.today })).toEqual([])
  })
  for (const quality of qualities) {
    it(`X03: an ESD input of quality ${quality} blocks even when it reads healthy`, () => {
      expect(safety({ esd: { value: 'healthy', quality } })).toEqual(['esd'])
    })
    it(`X03: a gas detector of quality ${quality} blocks even when it reads low`, () => {
      expect(safety({ gas: [detector(1, quality)] })).toEqual(['gas'])
    })
    it(`X03: a bank pressure of quality ${quality} blocks even when it reads full`, () => {
      const reading = { value: millibar(210_000), quality }
      expect(safety({ bank: { reading, minMbar: millibar(120_000) } })).toEqual(['bank-pressure'])
    })
    it(`a dispenser of quality ${quality} is not authorised`, () => {
      expect(open({ dispenser: { atRest: true, quality } })).toEqual(['dispenser'])
    })
  }
  it('X02: 20 % LEL blocks new authorisations, 19 does not', () => {
    expect(safety({ gas: [detector(20)] })).toEqual(['gas'])
    expect(safety({ gas: [detector(19)] })).toEqual([])
  })
  it('X02: one bad detector among good ones is enough', () => {
    expect(safety({ gas: [detector(1), detector(null, 'bad')] })).toEqual(['gas'])
  })
  it('X07: bank pressure below its minimum pauses authorisations', () => {
    const reading = { value: millibar(119_999), quality: 'good' as const }
    expect(safety({ bank: { reading, minMbar: millibar(120_000) } })).toEqual(['bank-pressure'])
  })
  it('sensors that the station file does not configure do not count', () => {
    expect(safety({ esd: null, gas: [], bank: null })).toEqual([])
  })
  it('making one more thing worse never opens the way', () => {
    const worse = fc.subarray(cases.map(([, over]) => over))
    fc.assert(
      fc.property(worse, fc.constantFrom(...cases), (some, [, over]) => {
        const before = Object.assign({}, ...some) as Partial<AuthoriseFacts>
        return open({ ...before, ...over }).length >= 1
      }),
    )
  })
})
