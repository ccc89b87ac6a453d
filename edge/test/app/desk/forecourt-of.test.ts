import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { grams } from '@baari/shared/units/mass'
import { paise, paisePerKg } from '@baari/shared/units/money'
import {
  fillId,
  positionNo,
  ticketId,
  type PositionNo,
  type TicketId,
} from '@baari/shared/units/names'
import { millis } from '@baari/shared/units/time'
import { beforeEach, expect, it } from 'vitest'
import { forecourtOf } from '../../../src/app/desk/forecourt-of.ts'
import type { PositionController } from '../../../src/app/position/position-controller.ts'
import type { PositionFacts } from '../../../src/domain/position/position-facts.ts'
import { position } from '../../support/station-world.ts'

type Called = Parameters<PositionController['call']>[0]

const one = positionNo(1)
let clock: ManualClock
let now: Partial<PositionFacts>
let looks: Record<string, number>
let heard: string[]
let yard: ReturnType<typeof forecourtOf>

/** Two controllers that say what a test puts in, and count how often they are asked. */
beforeEach(() => {
  clock = manualClock()
  now = {}
  looks = { '1': 0, '2': 0 }
  heard = []
  const controller = (no: PositionNo): [PositionNo, PositionController] => {
    const facts = (): PositionFacts => {
      looks[no] = (looks[no] ?? 0) + 1
      return position(no, no === one ? now : {})
    }
    const call = ({ ticket }: Called): void => void heard.push(`${no} called ${ticket}`)
    const withdraw = (ticket: TicketId): void => void heard.push(`${no} withdrawn ${ticket}`)
    return [no, { facts, call, withdraw } as unknown as PositionController]
  }
  const controllers = new Map([controller(one), controller(positionNo(2))])
  yard = forecourtOf({ controllers, offline: { facts: () => [] }, clock })
  yard.forecourt.onChange(() => heard.push('change'))
  yard.forecourt.onFlow(() => heard.push('flow'))
})

const states = () => yard.forecourt.facts().map(({ state }) => state)

it('facts are read anew after a change was told, and every 100 ms without one', () => {
  expect(states()).toEqual(['free', 'free'])
  now = { state: 'fault' }
  expect(states()).toEqual(['free', 'free'])
  yard.changed(one)
  expect(states()).toEqual(['fault', 'free'])
  now = { state: 'closed' }
  clock.advance(millis(100))
  expect(states()).toEqual(['closed', 'free'])
})

it('a look at one position reads no other, and is told only when it brought something', () => {
  yard.changed(one)
  expect(heard).toEqual(['change'])
  for (let frame = 0; frame < 10; frame += 1) {
    clock.advance(millis(200))
    yard.changed(one)
  }
  expect(heard).toEqual(['change'])
  expect(looks).toEqual({ '1': 11, '2': 0 })
  now = { state: 'called' }
  yard.changed(one)
  expect(heard).toEqual(['change', 'change'])
})

it('more gas of the same fill is flow, its begin and its end are changes', () => {
  yard.changed(one)
  const filling = (delivered: number): Partial<PositionFacts> => ({
    state: 'filling',
    freesInMs: 60_000 - delivered,
    fill: {
      ...{ id: fillId('00000001-0000-7000-8000-00000000f001'), grams: grams(delivered) },
      ...{ limitGrams: grams(9_000), amountPaise: paise(delivered) },
      ...{ pricePaisePerKg: paisePerKg(9_000), remainingMs: 60_000 - delivered },
    },
  })
  for (const delivered of [0, 500, 1_000, 1_000]) {
    now = filling(delivered)
    yard.changed(one)
  }
  now = {}
  yard.changed(one)
  expect(heard).toEqual(['change', 'change', 'flow', 'flow', 'change'])
})

it('J5 a vehicle that is called stands called in one place only', () => {
  const ticket = ticketId('00000001-0000-7000-8000-00000000f002')
  const reason = { step: 'head-of-line', streak: 0, limit: 2, oldestWalkInWaitMs: null } as const
  yard.forecourt.carryOut([{ ticket, position: positionNo(2), staged: false, reason }])
  expect(heard).toEqual([`1 withdrawn ${ticket}`, `2 called ${ticket}`])
})
