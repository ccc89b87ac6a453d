/** CRC-16/MODBUS: reflected polynomial 0xA001, initial value 0xFFFF, low byte first on the wire. */
const table = Uint16Array.from({ length: 256 }, (_, index) => {
  let crc = index
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  return crc
})

/** Check value over `bytes` from `start` up to, not including, `end`. */
export function crc16Modbus(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff
  for (let index = start; index < end; index += 1) {
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0)
  }
  return crc
}

/** A copy of `body` with its check value behind it. */
export function withCrc(body: Uint8Array): Uint8Array {
  const crc = crc16Modbus(body)
  return Uint8Array.of(...body, crc & 0xff, crc >>> 8)
}
