import { baariSlave } from '../../src/simulators/baari-heads.ts'
import type { Clock } from '@baari/shared/runtime/clock'
import type { DispenserStatus } from '../../src/ports/dispenser.ts'
import type { SlaveDevice } from '../../src/simulators/modbus-slave.ts'
import type { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'

type Window = { readonly atMs: number; readonly withinMs: number }

/** What a head answered last, so that what a driver says can be held against it. */
export type Witness = {
  readonly device: SlaveDevice
  /** Whether this very status was sent in the window before it was received. */
  sentStatus(status: DispenserStatus, window: Window): boolean
  sentTotal(totaliserGrams: number, window: Window): boolean
}

type Sent = { readonly atMs: number; readonly status: Omit<DispenserStatus, 'nozzle'> }

/** Answers remembered; within one timeout a head gives fewer. */
const mostSent = 32

export function witnessed(head: SimulatedDispenser, clock: Clock): Witness {
  const slave = baariSlave(head)
  let sent: readonly Sent[] = []
  const inside = ({ atMs }: Sent, window: Window): boolean =>
    atMs <= window.atMs && atMs >= window.atMs - window.withinMs
  return {
    device: {
      ...slave,
      bank: {
        read(start, count) {
          sent = [...sent.slice(1 - mostSent), { atMs: clock.mono(), status: statusOf(head) }]
          return slave.bank.read(start, count)
        },
        write: (start, words) => slave.bank.write(start, words),
      },
    },
    sentStatus: (status, window) =>
      sent.some((one) => inside(one, window) && same(one.status, status)),
    sentTotal: (totaliserGrams, window) =>
      sent.some((one) => inside(one, window) && one.status.totaliserGrams === totaliserGrams),
  }
}

function statusOf(head: SimulatedDispenser): Sent['status'] {
  const { nozzleOut, sequence, bootEpoch } = head.model
  return {
    state: head.state(),
    nozzleOut,
    saleGrams: head.saleGrams(),
    totaliserGrams: head.totaliserGrams(),
    saleSequence: sequence,
    bootEpoch,
  }
}

function same(sent: Sent['status'], seen: DispenserStatus): boolean {
  return (
    sent.state === seen.state &&
    sent.nozzleOut === seen.nozzleOut &&
    sent.saleGrams === seen.saleGrams &&
    sent.totaliserGrams === seen.totaliserGrams &&
    sent.saleSequence === seen.saleSequence &&
    sent.bootEpoch === seen.bootEpoch
  )
}
