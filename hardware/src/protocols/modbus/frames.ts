/** The functions we speak (MODBUS Application Protocol V1.1b3, sections 6.3, 6.4, 6.6 and 6.12). */
export type ReadFunction = 3 | 4

export type ModbusRequest =
  | {
      readonly kind: 'read'
      readonly address: number
      readonly fn: ReadFunction
      /** Zero-based register, as on the wire. */
      readonly start: number
      /** Registers asked for, 1 to 125. */
      readonly count: number
    }
  | {
      readonly kind: 'write-one'
      readonly address: number
      readonly start: number
      readonly word: number
    }
  | {
      readonly kind: 'write'
      readonly address: number
      readonly start: number
      /** 1 to 123 registers. */
      readonly words: readonly number[]
    }

export type ModbusReply =
  | {
      readonly kind: 'registers'
      readonly address: number
      readonly fn: ReadFunction
      readonly words: readonly number[]
    }
  | {
      readonly kind: 'wrote-one'
      readonly address: number
      readonly start: number
      readonly word: number
    }
  | {
      readonly kind: 'wrote'
      readonly address: number
      readonly start: number
      readonly count: number
    }
  | {
      readonly kind: 'exception'
      readonly address: number
      readonly fn: number
      /** MODBUS Application Protocol V1.1b3, section 7. */
      readonly code: number
    }

/** The big-endian register at a byte offset. */
export function wordAt(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)
}

/** `count` big-endian registers from a byte offset. */
export function wordsAt(bytes: Uint8Array, offset: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => wordAt(bytes, offset + index * 2))
}

/** Registers as bytes on the wire. */
export function wordBytes(words: readonly number[]): number[] {
  return words.flatMap((word) => [(word >>> 8) & 0xff, word & 0xff])
}

const hexPairs = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).toUpperCase().padStart(2, '0'),
)

/** Bytes as upper-case pairs with spaces between, as technicians write them. */
export function hexText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += text === '' ? hexPairs[byte] : ` ${hexPairs[byte]}`
  return text
}

/** Slave addresses of the serial line (MODBUS over Serial Line V1.02, section 2.2); 0 is broadcast. */
export function isSlaveAddress(address: number): boolean {
  return address >= 1 && address <= 247
}
