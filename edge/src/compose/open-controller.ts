import { randomBytes } from 'node:crypto'
import { createControllerLine } from '@baari/hardware/drivers/pts2/controller-line'
import { pts2ConfigSchema, type Pts2Config } from '@baari/hardware/drivers/pts2/manifest'
import { createPts2Pump } from '@baari/hardware/drivers/pts2/pts2-pump'
import type { MessageWire } from '@baari/hardware/ports/message-wire'
import { createHttpWire } from '@baari/hardware/transports/http-wire'
import { fault } from '@baari/hardware/transports/line-faults'
import { createWebSocketWire } from '@baari/hardware/transports/web-socket-wire'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Log } from '../ports/log.ts'
import type { ControllerPlan, DispenserPlan } from '../ports/station-plan.ts'
import type { DispenserLine } from './dispenser-line.ts'

export type ControllerParts = {
  readonly plan: ControllerPlan
  readonly login: { readonly user: string; readonly password: string }
  /** `station.control` of the station file: without it every device is read only. */
  readonly stationControl: boolean
  readonly clock: Clock
  readonly log: Log
}

const lost = (id: string) => fault('port_unavailable', id, 'the controller is not connected')

const paths = { http: '/jsonPTS', websocket: '/ptsWebSocket' } as const

/** A Technotrade PTS-2 controller with the dispensers behind it. */
export function openController(parts: ControllerParts): DispenserLine {
  const { stationControl, clock, log } = parts
  const line = createControllerLine({ wire: wireOf(parts), clock })
  return {
    dispenser: (device) => createPts2Pump(configOf(device), { line, clock, log, stationControl }),
    start: () => line.start(),
    state: () => line.state(),
    faults: () => (line.state() === 'open' ? [] : [lost(parts.plan.id)]),
    onFault: () => undefined,
    stats: () => {
      const { questions, timeouts, retries, unasked, brokenMessages, ...others } = line.stats()
      return {
        ...others,
        exchanges: questions,
        timeouts,
        retries,
        lateReplies: unasked,
        damagedFrames: brokenMessages,
      }
    },
    close: () => line.close(),
  }
}

function wireOf({ plan, login, clock }: ControllerParts): MessageWire {
  const { id: name, over, host, port, certificate } = plan
  const ids = { hex: (bytes: number) => randomBytes(bytes).toString('hex') }
  const place = { host, port, path: paths[over] }
  const peer = certificate === null ? {} : { peer: { certificate } }
  const options = { name, clock, ids, login, ...place, ...peer }
  return over === 'http' ? createHttpWire(options) : createWebSocketWire(options)
}

function configOf({ id, mode, address, nozzles, decimals, preset }: DispenserPlan): Pts2Config {
  return pts2ConfigSchema.parse({
    id,
    mode,
    pump: address,
    nozzle: nozzles[0]?.n,
    widthGrams: nozzles[0]?.total.widthGrams,
    ...(preset === null ? {} : { preset }),
    ...(decimals === null
      ? {}
      : {
          massDecimals: decimals.mass,
          amountDecimals: decimals.amount,
          priceDecimals: decimals.price,
        }),
  })
}
