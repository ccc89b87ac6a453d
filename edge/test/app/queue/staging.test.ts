import { present } from '@baari/shared/faults/assert'
import { istDay } from '@baari/shared/units/ist-calendar'
import { dayNumber, millis, seconds } from '@baari/shared/units/time'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { positionRig, type PositionRig } from '../../support/position-rig.ts'
import { asha } from '../../support/station-world.ts'

let rig: PositionRig
beforeEach(async () => {
  rig = await positionRig()
})
afterEach(async () => {
  rig.controller.dispose()
  await rig.dispose()
})

const stateOf = async (label: number) =>
  (await rig.ledger.run('rig.tickets', {})).find(({ number }) => number === label)?.state

/** A round of the rule with what the position's own controller tells. */
async function round(): Promise<void> {
  const positions = [rig.controller.facts()]
  const { calls } = await rig.ledger.run('queue.dispatch', { positions })
  for (const { ticket, staged } of calls) rig.controller.call({ ticket, staged })
  await rig.rest()
}

async function comes(plate: string): Promise<void> {
  const retestDay = dayNumber(istDay(rig.clock.now()) + 400)
  const positions = [rig.controller.facts()]
  const input = { vehicleClass: 'auto', plate, retestDay, by: asha, positions } as const
  const opened = await rig.ledger.run('walkIn.open', input)
  for (const { ticket, staged } of present(opened.ok ? opened.value.calls : undefined, 'number'))
    rig.controller.call({ ticket, staged })
}

/** Gas flows like this for so long, in the frames of a head that tells twice a second. */
async function flows(gramsPerSecond: number, forSeconds: number): Promise<void> {
  for (let half = 0; half < forSeconds * 2; half += 1) {
    rig.nozzle.flow(gramsPerSecond / 2)
    await rig.pass(millis(500))
  }
}

async function fillBegins(): Promise<void> {
  await comes('GJ01AA0001')
  rig.controller.ready(null)
  await rig.rest()
  rig.nozzle.lift()
  await rig.rest()
}

it('the next vehicle is called behind a fill once its last two minutes are on, and not before', async () => {
  await fillBegins()
  await comes('GJ01AA0002')
  await flows(20, 5)
  await round()
  expect(rig.controller.facts().freesInMs).toBeGreaterThan(seconds(120))
  expect(await stateOf(2)).toBe('waiting')
  await flows(40, 60)
  await round()
  expect(rig.controller.facts().freesInMs).toBeLessThan(seconds(120))
  expect(await stateOf(2)).toBe('staged')
})

it('a fill that is over between two rounds stages nobody: the next one is called at once', async () => {
  await fillBegins()
  await comes('GJ01AA0002')
  await round()
  await flows(400, 2)
  rig.nozzle.hangUp()
  await rig.pass(seconds(2))
  expect(await stateOf(2)).toBe('waiting')
  await round()
  expect(await stateOf(2)).toBe('called')
})
