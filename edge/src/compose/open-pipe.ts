import type { BytePipe } from '@baari/hardware/ports/byte-pipe'
import { createSerialPipe } from '@baari/hardware/transports/serial-pipe'
import type { LineTiming } from '@baari/hardware/transports/line-timing'
import { createTcpPipe } from '@baari/hardware/transports/tcp-pipe'
import type { Clock } from '@baari/shared/runtime/clock'
import type { BusPlan, PortMatch } from '../ports/station-plan.ts'

/** The bytes of a line: a serial port or the socket of a device server. */
export function openPipe({ id, line, link }: BusPlan, clock: Clock): BytePipe {
  if (link.kind === 'tcp')
    return createTcpPipe({ name: id, clock, host: link.host, port: link.port })
  return createSerialPipe({
    name: id,
    clock,
    match: serialMatch(link.match),
    baud: line.baud,
    dataBits: 8,
    parity: line.parity,
    stopBits: line.stopBits,
  })
}

/** A character is 11 bits on the wire but for 8N1 (hardware.md section 4). */
export function timingOf({ line }: BusPlan): LineTiming {
  const bitsPerChar = line.parity === 'none' && line.stopBits === 1 ? 10 : 11
  return { baud: line.baud, bitsPerChar }
}

export function serialMatch(match: PortMatch): Parameters<typeof createSerialPipe>[0]['match'] {
  switch (match.kind) {
    case 'by-id':
      return { by_id: match.pattern }
    case 'path':
      return { path: match.path }
    case 'usb': {
      const { vid, pid, serial } = match
      return {
        vid,
        ...(pid === undefined ? {} : { pid }),
        ...(serial === undefined ? {} : { serial }),
      }
    }
  }
}
