import type { Refusal } from '@baari/shared/faults/no'
import { grams } from '@baari/shared/units/mass'
import { laneNo, positionNo } from '@baari/shared/units/names'
import { millis, seconds, type Millis } from '@baari/shared/units/time'
import { PositionController } from '../../src/app/position/position-controller.ts'
import type { SafetyNow } from '../../src/app/position/position-parts.ts'
import {
  fillRig,
  key1,
  opening,
  safeFacts,
  setupOf,
  type FillRig,
  type RigLedger,
} from './fill-rig.ts'
import { memoryNozzle, type MemoryNozzle } from './memory-nozzle.ts'

export type PositionRig = FillRig & {
  readonly nozzle: MemoryNozzle
  controller: PositionController
  safety: SafetyNow
  readonly refused: Refusal[]
  readonly alarms: string[]
  ledgerLost: number
  /** The ledger the controller writes to; a test may put a broken one in its place. */
  inForce: RigLedger
  /** Lets everything that waits for nothing but itself happen. */
  rest(): Promise<void>
  /** Time passes in small steps, and after each everything happens that can. */
  pass(by: Millis): Promise<void>
  /** The process ends without a word and another one starts on the same file. */
  restart(): Promise<void>
}

/** One position: real commands over a real ledger file, the device model behind the port. */
export async function positionRig(): Promise<PositionRig> {
  const base = await fillRig()
  const nozzle = memoryNozzle(opening)
  const rig: PositionRig = Object.assign(base, {
    nozzle,
    safety: {
      safety: safeFacts.safety,
      tripLatched: false,
      attendantSignedIn: true,
      diskReserveFree: true,
    },
    refused: [],
    alarms: [],
    ledgerLost: 0,
    inForce: base.ledger,
    controller: undefined as unknown as PositionController,
    rest,
    async pass(by: Millis) {
      for (let left = by as number; left > 0; left -= 100) {
        base.clock.advance(millis(Math.min(100, left)))
        await rest()
      }
    },
    async restart() {
      rig.controller.dispose()
      await rig.reboot('c')
      rig.inForce = rig.ledger
      rig.controller = controllerOf(rig)
      const { faults } = await rig.ledger.run('positions.read', {})
      rig.controller.recall(faults)
      void rig.controller.recover(null)
      await rest()
    },
  })
  rig.controller = controllerOf(rig)
  await rig.controller.recover(null)
  return rig
}

function controllerOf(rig: PositionRig): PositionController {
  return new PositionController({
    no: positionNo(1),
    lane: laneNo(1),
    nozzles: [{ setup: setupOf(key1), device: rig.nozzle }],
    mayControl: true,
    usualGrams: grams(8_000),
    times: { authoriseWithinMs: seconds(60), quietMs: millis(300), retryMs: millis(500) },
    ledger: () => rig.inForce,
    clock: rig.clock,
    ids: rig.ids,
    safety: () => rig.safety,
    onChange: () => undefined,
    onCalls: () => undefined,
    onAlarm(position, code) {
      rig.alarms.push(code)
      void rig.ledger.run('rig.alarm', { position, code })
    },
    onRefused: (_position, no) => rig.refused.push(no),
    onLedgerLost: () => {
      rig.ledgerLost += 1
    },
    onRecovered: () => undefined,
  })
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
