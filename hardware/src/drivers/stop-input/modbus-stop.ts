import type { Bus } from '../../ports/bus.ts'
import type { DriverContext } from '../../ports/device.ts'
import type { StopInput } from '../../ports/stop-input.ts'
import type { ModbusReply, ModbusRequest } from '../../protocols/modbus/frames.ts'
import { RegisterPoll } from '../register-poll.ts'
import { ContactInput } from './contact-input.ts'
import type { ModbusStopConfig } from './manifest.ts'

/** The emergency stop's contact as one bit of a Modbus register, 1 while it is closed. */
export function createModbusStop(
  config: ModbusStopConfig,
  { bus, clock }: DriverContext & { readonly bus: Bus<ModbusRequest, ModbusReply> },
): StopInput {
  return new ContactInput(config, {
    clock,
    source: ({ onContact, onMissed }) =>
      new RegisterPoll(config, {
        bus,
        clock,
        onMissed,
        onWord: (word, { at, attempts }) =>
          onContact(((word >>> config.bit) & 1) === 1, at, attempts === 1),
      }),
  })
}
