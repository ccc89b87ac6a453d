import type { RegisterBank } from '../../src/simulators/modbus-slave.ts'

/** The content of a register, so that a value tells which register it was read from. */
export function numberedWord(register: number): number {
  return (register * 40_503 + 12_345) & 0xffff
}

export const numberedBank: RegisterBank = {
  read: (start, count) => Array.from({ length: count }, (_, index) => numberedWord(start + index)),
  write: () => null,
}

/** Whether these are the registers that lie at `start`. */
export function readRight(words: readonly number[], start: number): boolean {
  return words.every((word, index) => word === numberedWord(start + index))
}
