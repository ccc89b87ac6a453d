import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { millibar } from '@baari/shared/units/pressure'
import { dayNumber, millis } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { decideFill } from '../../../src/domain/fill/fill-rules.ts'
import type { FillEvent } from '../../../src/domain/fill/fill-states.ts'
import { openConditions } from '../../../src/domain/safety/authorise-conditions.ts'
import type {
  AuthoriseFacts,
  Condition,
  Interlock,
  TripCause,
  TripFacts,
} from '../../../src/domain/safety/interlock-facts.ts'
import { interlockNames, interlocks } from '../../../src/domain/safety/interlocks.ts'
import { tripCauseOf } from '../../../src/domain/safety/trip-latch.ts'
import { flow, limits, open } from '../fill/fill-examples.ts'
import { calm, detector, fine } from './safety-examples.ts'

/** What breaks this condition and no other; every row of the table has to have one. */
const lost: { readonly [C in Condition]: Partial<AuthoriseFacts> } = {
  'trip-reset': { tripLatched: true },
  esd: { safety: { ...calm, esd: { value: 'tripped', quality: 'good' } } },
  gas: { safety: { ...calm, gas: [detector(20)] } },
  'bank-pressure': {
    safety: {
      ...calm,
      bank: {
        reading: { value: millibar(119_999), quality: 'good' },
        minMbar: millibar(120_000),
      },
    },
  },
  attendant: { attendantSignedIn: false },
  ready: { readyAgeMs: millis(60_001) },
  ticket: { ticketCalledHere: false },
  'token-use': { useClaimedByTicket: false },
  'vehicle-record': { plateRecorded: false },
  cylinder: { retestDay: dayNumber(fine.today - 1) },
  dispenser: { dispenser: { atRest: false, quality: 'good' } },
  'open-fill': { openFill: true },
  meter: { meterFrozen: true },
  configuration: { configurationVerified: false },
  'disk-reserve': { diskReserveFree: false },
}

const quiet: TripFacts = { readings: calm, hoseTorn: false, stopOnLostDetector: true }

/** What stops every dispenser by this row. */
const trips: { readonly [C in TripCause]: Partial<TripFacts> } = {
  esd: { readings: { ...calm, esd: { value: null, quality: 'bad' } } },
  gas: { readings: { ...calm, gas: [detector(40)] } },
  'gas-lost': { readings: { ...calm, gas: [detector(null, 'stale')] } },
  hose: { hoseTorn: true },
}

/** What the fill's rules stop this one dispenser for, in the middle of a fill. */
const ownStops: Partial<Record<Interlock, FillEvent>> = {
  dispenser: { kind: 'device-fault', code: 'dispenser_unknown_state' },
  meter: flow(-5_000),
  preset: flow(8_201),
}

const entries = Object.entries as <K extends string, V>(of: Record<K, V>) => [K, V][]

describe('the table of the interlocks', () => {
  it('where everything holds, nothing is refused and nothing stops', () => {
    expect(openConditions(fine)).toEqual([])
    expect(tripCauseOf(quiet)).toBeNull()
  })

  for (const [name, over] of entries<Condition, Partial<AuthoriseFacts>>(lost))
    it(`interlock ${name} alone refuses an authorise with ${interlocks[name].authorise.code}`, () => {
      expect(openConditions({ ...fine, ...over })).toMatchObject([
        {
          condition: name,
          refusal: { code: interlocks[name].authorise.code, facts: { condition: name } },
        },
      ])
    })

  for (const [name, over] of entries<TripCause, Partial<TripFacts>>(trips))
    it(`interlock ${name} stops every dispenser, until a person resets it`, () => {
      expect(tripCauseOf({ ...quiet, ...over })).toBe(name)
      expect(interlocks[name].stops.clearedBy).not.toBe('itself')
    })

  for (const [name, event] of entries<Interlock, FillEvent>(
    ownStops as Record<Interlock, FillEvent>,
  ))
    it(`interlock ${name} stops its own dispenser in the middle of a fill`, () => {
      expect(interlocks[name].stops).toMatchObject({ reach: 'own-dispenser', on: event.kind })
      const { effects } = decideFill({ kind: 'filling', open: open(7_000) }, event, limits)
      expect(effects).toContainEqual({ kind: 'stop' })
    })

  it('every stop of one dispenser in the table is shown above', () => {
    const inTable = interlockNames.filter(
      (name) => interlocks[name].stops?.reach === 'own-dispenser',
    )
    expect(Object.keys(ownStops).sort()).toEqual([...inTable].sort())
  })

  it('no row says that anybody may go past an expired cylinder', () => {
    expect(interlocks.cylinder.authorise.clearedBy).toBe('driver')
    const rows = openConditions({ ...fine, ...lost.cylinder })
    expect(rows.map(({ condition }) => condition)).toEqual(['cylinder'])
  })
})

describe('the page of the interlocks', () => {
  const root = resolve(import.meta.dirname, '../../../..')
  const page = readFileSync(join(root, 'docs/specs/safety.md'), 'utf8')
  const table = page.slice(page.indexOf('## The table'), page.indexOf('## Before an authorise'))
  const rows = table
    .split('\n')
    .filter((line) => /^\| [a-z][a-z-]* +\|/.test(line) && !line.startsWith('| interlock'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name, rule, refusal, cleared, stops, reset, says]) => {
      return { name, rule, refusal, cleared, stops, reset, says }
    })

  it('shows every row of the table as it is, in its order', () => {
    const expected = interlockNames.map((name) => {
      const { rule, authorise, stops } = interlocks[name]
      return {
        name,
        rule: String(rule),
        refusal: authorise?.code ?? '–',
        cleared: authorise?.clearedBy ?? '–',
        stops: stops?.reach.replace('-', ' ') ?? '–',
        reset: stops?.clearedBy ?? '–',
      }
    })
    expect(rows.map(({ says: _, ...row }) => row)).toEqual(expected)
  })

  it('says of every row in words what must hold', () => {
    expect(rows.filter(({ says = '' }) => says.length < 10)).toEqual([])
  })
})
