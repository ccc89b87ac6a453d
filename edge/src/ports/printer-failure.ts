import type { Fault } from '@baari/shared/faults/no'

/** How a request for a paper ends when the printer failed; everything else went on. */
export class PrinterFailure extends Error {
  override readonly name = 'PrinterFailure'
  readonly fault: Fault

  constructor(fault: Fault) {
    super(`${fault.code}: ${fault.hint}`)
    this.fault = fault
  }
}
