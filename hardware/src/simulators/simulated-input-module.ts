import type { ModbusException, RegisterBank } from './modbus-slave.ts'

/** MODBUS exception 2: the register is not there. */
const illegalAddress: ModbusException = { exception: 2 }

/**
 * An input module: registers from 0 are 4–20 mA loops in microampere, register 100 has a bit for
 * each contact. A loop nobody has connected carries 0 mA.
 */
export class SimulatedInputModule implements RegisterBank {
  readonly #loops: number[]
  #contacts = 0

  constructor(loops = 8) {
    this.#loops = Array.from({ length: loops }, () => 0)
  }

  /** Sets the current of a loop; 0 is a cut wire. */
  current(loop: number, microamps: number): void {
    this.#loops[loop] = microamps
  }

  contact(bit: number, closed: boolean): void {
    const mask = 1 << bit
    this.#contacts = closed ? this.#contacts | mask : this.#contacts & ~mask
  }

  read(start: number, count: number): readonly number[] | ModbusException {
    const words = Array.from({ length: count }, (_, index) => this.#word(start + index))
    const present = words.filter((word) => word !== null)
    return present.length === count ? present : illegalAddress
  }

  write(): ModbusException {
    return illegalAddress
  }

  #word(register: number): number | null {
    if (register >= contactRegister && register < contactRegister + 4)
      return register === contactRegister ? this.#contacts : 0
    return this.#loops[register] ?? null
  }
}

export const contactRegister = 100
