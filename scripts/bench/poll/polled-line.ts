import type { ModbusReply, ModbusRequest } from '@baari/hardware/protocols/modbus/frames'
import { createModbusMasterCodec } from '@baari/hardware/protocols/modbus/frame-codec'
import type { Bus } from '@baari/hardware/ports/bus'
import type { BytePipe } from '@baari/hardware/ports/byte-pipe'
import { nozzleNo, type Dispenser } from '@baari/hardware/ports/dispenser'
import { createBus } from '@baari/hardware/transports/bus'
import type { LineTiming } from '@baari/hardware/transports/line-timing'
import { spinningWait, systemClock } from '@baari/hardware/transports/system-clock'
import { createTcpPipe } from '@baari/hardware/transports/tcp-pipe'
import { millis } from '@baari/shared/units/time'
import { headsOnLine, lineMeter } from '../../../hardware/test/rigs/line-meters.ts'
import { waitUntil } from '../../clients/wait-until.ts'

export const nozzle = nozzleNo(1)
export const clock = systemClock()

/** As often as the line goes: the queue of the bus is never empty. */
export const busyPollMs = millis(20)
/** As the driver does it when nobody says otherwise. */
export const usualPollMs = millis(250)

export type RoundSizes = {
  readonly rounds: number
  readonly warmMs: number
  readonly forMs: number
}

/** The real bus and eight real drivers on a line of the wire process. */
export type PolledLine = {
  readonly bus: Bus<ModbusRequest, ModbusReply>
  readonly meters: readonly Dispenser[]
  stop(): Promise<void>
}

export function tcpLine(port: number): BytePipe {
  return createTcpPipe({ name: 'wire', clock, host: '127.0.0.1', port })
}

export async function openPolledLine(options: {
  readonly pipe: BytePipe
  readonly timing: LineTiming
  readonly pollMs: ReturnType<typeof millis>
}): Promise<PolledLine> {
  const { pipe, timing, pollMs } = options
  const codec = createModbusMasterCodec()
  const bus = createBus({
    ...{ name: pipe.name, pipe, codec, clock, timing },
    wait: spinningWait(clock),
  })
  bus.start()
  await waitUntil({ what: 'the line is open', withinMs: 10_000, everyMs: 10 }, () =>
    pipe.state() === 'open' ? true : undefined,
  )
  const meters = Array.from({ length: headsOnLine }, (_, index) =>
    lineMeter(index + 1, { bus, clock, pollMs }),
  )
  for (const meter of meters) await meter.start()
  return {
    bus,
    meters,
    async stop() {
      for (const meter of meters) await meter.dispose('the round is over')
      await bus.close()
    },
  }
}

export function pauseMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
