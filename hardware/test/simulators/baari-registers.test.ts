import { baariSlave } from '../../src/simulators/baari-heads.ts'
import { grams } from '@baari/shared/units/mass'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { expect, it } from 'vitest'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'

const commandAt = 96
const illegalAddress = { exception: 2 }

/** Id, command code, nozzle, and registers up to the length. */
const command = (code: number, length: number): readonly number[] =>
  Array.from({ length }, (_, index) => [1, 2, 3, code, code, 1][index] ?? 0)

function sellingHead(): SimulatedDispenser {
  const head = new SimulatedDispenser({ address: 1, prng: seededPrng(1) })
  head.setManualMode(true)
  head.vehicleArrives(grams(5_000))
  head.liftNozzle()
  return head
}

it.each([6, 7, 8, 11, 12, 13])('a stop written with %i registers ends the sale', (length) => {
  const head = sellingHead()
  expect(head.state()).toBe('started')
  expect(baariSlave(head).bank.write(commandAt, command(2, length))).toBeNull()
  expect(['idle', 'calling', 'completed']).toContain(head.state())
})

it.each([
  ['authorise', 1, 6],
  ['resume', 4, 8],
  ['stop', 2, 5],
  ['stop', 2, 9],
])(
  'a command %s (code %i) of %i registers is exception 2 and does nothing',
  (_name, code, length) => {
    const head = sellingHead()
    expect(baariSlave(head).bank.write(commandAt, command(code, length))).toEqual(illegalAddress)
    expect(head.state()).toBe('started')
  },
)
