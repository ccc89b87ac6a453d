import type { LineTiming } from '@baari/hardware/transports/line-timing'
import type { BusPlan } from '../ports/station-plan.ts'

/** A character is 11 bits on the wire but for 8N1 (hardware.md section 4). */
export function timingOf({ line }: BusPlan): LineTiming {
  const bitsPerChar = line.parity === 'none' && line.stopBits === 1 ? 10 : 11
  return { baud: line.baud, bitsPerChar }
}
