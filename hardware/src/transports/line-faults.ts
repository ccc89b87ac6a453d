import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Fault } from '@baari/shared/faults/no'

/** Faults after which sending the same question again can help nobody. */
const useless: readonly FaultCode[] = [
  'modbus_configuration',
  'controller_access',
  'controller_configuration',
  'dispenser_refused',
  'device_unverified',
  'bus_closed',
]

/** A fault of a device or its line; `hint` tells the technician what was seen. */
export function fault(code: FaultCode, device: string, hint: string): Fault {
  return {
    kind: 'fault',
    code,
    device,
    latching: code === 'meter_reset',
    retrySafe: !useless.includes(code),
    hint,
  }
}
