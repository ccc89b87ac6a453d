/** Modbus "write multiple registers" (Modbus Application Protocol 1.1b3, 6.12). */
const writeRegisters = 0x10
/** Registers of docs/protocols/baari-dispenser.md: the command block and its code. */
const commandStart = 96
const codeAt = 4
const authoriseCode = 1
const headBytes = 7

/**
 * The address of the dispenser whose authorise block these bytes begin, or undefined. A request
 * stands at the front: the master sends one at a time.
 */
export function authoriseWritten(bytes: Uint8Array): number | undefined {
  if (bytes[1] !== writeRegisters || wordAt(bytes, 2) !== commandStart) return undefined
  return wordAt(bytes, headBytes + codeAt * 2) === authoriseCode ? bytes[0] : undefined
}

function wordAt(bytes: Uint8Array, at: number): number | undefined {
  const [high, low] = [bytes[at], bytes[at + 1]]
  return high === undefined || low === undefined ? undefined : high * 256 + low
}
