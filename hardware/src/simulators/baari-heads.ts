import { createBaariBank } from './baari-registers.ts'
import type { HeadFamily } from './head-family.ts'
import { serveSlaves, type SlaveDevice } from './modbus-slave.ts'
import { serveOnTcp } from './serve-on-tcp.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

/** Heads with the bytes of docs/protocols/baari-dispenser.md. */
export const baariHeads = {
  driver: 'modbus-meter',
  limits: {},
  headsPerLine: 247,
  addressOf: (position) => position,
  serve: ({ heads, port, clock }) =>
    serveOnTcp({ port, attach: (line) => serveSlaves(line, heads.map(baariSlave), clock) }),
  stationFile: {
    bus: { baud: 19_200 },
    dispenser: (position) => ({
      driver: 'modbus-meter',
      map: 'baari-dispenser',
      address: position,
    }),
  },
} as const satisfies HeadFamily

/** The head as a Modbus slave. */
export function baariSlave(head: SimulatedDispenser): SlaveDevice {
  return { address: head.address, bank: createBaariBank(head), trouble: head.trouble }
}
