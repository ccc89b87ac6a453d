import { createListeningDart } from '@baari/hardware/drivers/wayne-dart/listening-dart'
import {
  wayneDartConfigSchema,
  type WayneDartConfig,
} from '@baari/hardware/drivers/wayne-dart/manifest'
import type { DartBus } from '@baari/hardware/drivers/wayne-dart/pump-link'
import { createWayneDart } from '@baari/hardware/drivers/wayne-dart/wayne-dart'
import { createDartHostCodec } from '@baari/hardware/protocols/wayne-dart/frame-codec'
import { createBus } from '@baari/hardware/transports/bus'
import { emptyBusStats } from '@baari/hardware/transports/bus-stats'
import { spinningWait } from '@baari/hardware/transports/system-clock'
import type { DispenserPlan } from '../ports/station-plan.ts'
import type { OpenLine } from './dispenser-line.ts'
import type { Fault } from '@baari/shared/faults/no'
import { timingOf } from './line-timing-of.ts'

/** A Wayne DART line, 8O1: pumps that we ask, or on another host's line pumps that we hear. */
export const openDartLine: OpenLine = ({ plan, pipe, stationControl, clock, log }) => {
  // On a line that is only heard there is nobody to ask, and every answer is another's.
  let asking: DartBus | null = null
  const bus = (): DartBus =>
    (asking ??= createBus({
      name: plan.id,
      pipe,
      codec: createDartHostCodec(),
      clock,
      timing: timingOf(plan),
      wait: spinningWait(clock),
      echo: plan.echo ? 'strip' : 'none',
    }))
  const pipeFaults = (): readonly Fault[] => [pipe.fault()].filter((one) => one !== null)
  return {
    dispenser: (device) =>
      device.mode === 'listen'
        ? createListeningDart(configOf(device), { pipe, clock, log })
        : createWayneDart(configOf(device), { bus: bus(), clock, log, stationControl }),
    start: () => pipe.start(),
    state: () => pipe.state(),
    stats: () => asking?.stats() ?? emptyBusStats(),
    faults: () => asking?.faults().map(({ fault }) => fault) ?? pipeFaults(),
    onFault: (call) => void asking?.onFault(call),
    close: () => asking?.close() ?? pipe.close(),
  }
}

function configOf(device: DispenserPlan): WayneDartConfig {
  const { id, address, mode, nozzles, decimals } = device
  const total = nozzles[0]?.total
  return wayneDartConfigSchema.parse({
    ...{ id, address, mode, decimals },
    nozzle: nozzles[0]?.n,
    totalUnitGrams: total?.unitGrams,
    widthGrams: total?.widthGrams,
  })
}
