/** The reflected polynomial 0xA001, which MODBUS and DART share; they differ in the first value. */
const table = Uint16Array.from({ length: 256 }, (_, index) => {
  let crc = index
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  return crc
})

/** Check value of all `bytes`, begun with `initial`: 0xFFFF is CRC-16/MODBUS, 0 is CRC-16/ARC. */
export function crc16Reflected(bytes: Uint8Array, initial: number): number {
  let crc = initial
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
  return crc
}
