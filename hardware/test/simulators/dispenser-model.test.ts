import fc from 'fast-check'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { obey } from '../../src/simulators/dispenser-commands.ts'
import {
  hangUp,
  liftNozzle,
  newDispenser,
  powerCycle,
  reportedState,
  saleGramsOf,
  step,
  totaliserOf,
  usualLimits,
  type DispenserModel,
  type ModelLimits,
} from '../../src/simulators/dispenser-model.ts'

const price = paisePerKg(7_900)
const fresh = newDispenser({ totaliserGrams: grams(10_000), pricePaisePerKg: price })
const authorise = (limitGrams: number) =>
  ({
    kind: 'authorise',
    limitGrams: grams(limitGrams),
    pricePaisePerKg: price,
    validMs: millis(5_000),
  }) as const

function run(model: DispenserModel, ms: number, limits: ModelLimits = usualLimits): DispenserModel {
  const prng = seededPrng(1)
  let state = model
  for (let passed = 0; passed < ms; passed += 50)
    state = step(state, limits, { ms: millis(50), prng })
  return state
}

function withVehicle(model: DispenserModel, wantsGrams: number): DispenserModel {
  return { ...model, vehicleRoomMilligrams: wantsGrams * 1000 }
}

it('an authorisation nobody uses is forgotten after its time', () => {
  const { model } = obey(fresh, authorise(1_000), usualLimits)
  expect(reportedState(run(model, 4_900))).toBe('authorised')
  expect(reportedState(run(model, 5_100))).toBe('idle')
})

it('D10 a valve that closes late delivers more than the preset, and the record says so', () => {
  const limits = { ...usualLimits, overrunGrams: grams(300) }
  const { model } = obey(withVehicle(fresh, 9_000), authorise(1_000), limits)
  const ended = run(liftNozzle(model), 60_000, limits)
  expect(ended.lastSale?.grams).toBe(1_300)
})

it('D13 the sale counter wraps to 1', () => {
  const limits = { ...usualLimits, highestSequence: 65_535 }
  const { model } = obey({ ...withVehicle(fresh, 500), sequence: 65_535 }, authorise(500), limits)
  expect(run(liftNozzle(model), 60_000, limits).lastSale?.sequence).toBe(1)
})

it('the same seed fills the same grams in the same steps', () => {
  const { model } = obey(withVehicle(fresh, 9_000), authorise(9_000), usualLimits)
  const lifted = liftNozzle(model)
  expect(run(lifted, 3_000)).toEqual(run(lifted, 3_000))
  expect(saleGramsOf(run(lifted, 3_000))).toBeGreaterThan(300)
})

type Act = (model: DispenserModel) => DispenserModel
const acts: Readonly<Record<string, Act>> = {
  lift: liftNozzle,
  hang: (model) => hangUp(model, usualLimits),
  arrive: (model) => withVehicle(model, 3_000),
  authorise: (model) => obey(model, authorise(2_000), usualLimits).model,
  stop: (model) => obey(model, { kind: 'stop' }, usualLimits).model,
  suspend: (model) => obey(model, { kind: 'suspend' }, usualLimits).model,
  resume: (model) => obey(model, { kind: 'resume' }, usualLimits).model,
  close: (model) => obey(model, { kind: 'close' }, usualLimits).model,
  wait: (model) => run(model, 2_000),
  power: (model) => powerCycle(model, usualLimits),
  manual: (model) => ({ ...model, manualMode: !model.manualMode }),
}

it('over any order of acts every gram that flowed is in exactly one sale or in the open one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.keys(acts)), { maxLength: 60 }), (names) => {
      let model = fresh
      let sold = 0
      for (const name of names) {
        const before = model
        model = acts[name]?.(model) ?? model
        if (model.sequence !== before.sequence) sold += model.lastSale?.grams ?? 0
        const open = model.state === 'completed' ? 0 : saleGramsOf(model)
        expect(totaliserOf(model, usualLimits)).toBe(10_000 + sold + open)
      }
    }),
  )
})
