import type { Fault } from '@baari/shared/faults/no'
import { fault } from '../../transports/line-faults.ts'
import type { AnswerPacket } from './controller-port.ts'

/** A fault for an answer that is not the one hoped for; `state` is a refusal of this very command. */
export function controllerFault(device: string, what: string, packet: AnswerPacket): Fault {
  if (packet.kind === 'refused') {
    return fault('controller_failure', device, `${what}: ${packet.code}: ${packet.reason}`)
  }
  if (packet.kind !== 'error') {
    return fault('controller_failure', device, `${what}: answered by ${packet.kind}`)
  }
  const hint = `${what}: ${packet.error.name}`
  switch (packet.error.kind) {
    case 'busy':
      return fault('controller_busy', device, hint)
    case 'state':
      return fault('dispenser_refused', device, hint)
    case 'access':
      return fault('controller_access', device, hint)
    case 'request':
    case 'configuration':
      return fault('controller_configuration', device, hint)
    case 'controller':
    case 'unknown':
      return fault('controller_failure', device, hint)
  }
}
