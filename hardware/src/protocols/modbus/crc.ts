import { crc16Reflected } from '../crc16.ts'

/**
 * CRC-16/MODBUS: initial value 0xFFFF, low byte first on the wire. Over `bytes` from `start` up to,
 * not including, `end`.
 */
export function crc16Modbus(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return crc16Reflected(bytes.subarray(start, end), 0xffff)
}

/** A copy of `body` with its check value behind it. */
export function withCrc(body: Uint8Array): Uint8Array {
  const crc = crc16Modbus(body)
  return Uint8Array.of(...body, crc & 0xff, crc >>> 8)
}
