import type { Fault } from '@baari/shared/faults/no'

/** How a promise of {@link Telemetry} ends when nothing of the batch was stored. */
export class TelemetryFailure extends Error {
  override readonly name = 'TelemetryFailure'
  readonly fault: Fault

  constructor(code: 'disk_full' | 'ledger_failed', hint: string) {
    super(`${code}: ${hint}`)
    this.fault = {
      kind: 'fault',
      code,
      device: 'telemetry',
      latching: false,
      retrySafe: true,
      hint,
    }
  }
}
