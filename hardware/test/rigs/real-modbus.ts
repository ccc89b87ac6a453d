import { monoAfter, millis } from '@baari/shared/units/time'
import type { BytePipe } from '../../src/ports/byte-pipe.ts'
import { createModbusMasterCodec } from '../../src/protocols/modbus/frame-codec.ts'
import { createBus } from '../../src/transports/bus.ts'
import { createSerialPipe } from '../../src/transports/serial-pipe.ts'
import { spinningWait, systemClock } from '../../src/transports/system-clock.ts'
import type { ModbusBus } from './memory-bus.ts'

export const realClock = systemClock()

/** A bus on the real clock over any pipe, paced as 19200 8E1. */
export function realBus(pipe: BytePipe): ModbusBus {
  const bus = createBus({
    name: pipe.name,
    pipe,
    codec: createModbusMasterCodec(),
    clock: realClock,
    timing: { baud: 19_200, bitsPerChar: 11 },
    wait: spinningWait(realClock),
  })
  bus.start()
  return bus
}

/** Our end of a pty. */
export function ptyPipe(path: string): BytePipe {
  return createSerialPipe({
    name: 'pty',
    clock: realClock,
    match: { path },
    baud: 19_200,
    dataBits: 8,
    parity: 'even',
    stopBits: 1,
  })
}

export function soon(ms: number) {
  return monoAfter(realClock.mono(), millis(ms))
}
