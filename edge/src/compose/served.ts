import type { Device } from '@baari/hardware/ports/device'
import type { ServedDevice } from '../app/service/service-book.ts'

/** A device of any port as the service page shows it. */
export function served(kind: string, device: Device): ServedDevice {
  return {
    id: device.id,
    kind,
    health: () => device.health(),
    faults: () => device.faults().map(({ fault }) => fault),
  }
}
