import { instant } from '@baari/shared/units/time'
import type { DeviceMessage } from '../../src/ports/telemetry.ts'

/** A sensor's message with this counter; everything else may be given. */
export function reading(seq: number, over: Partial<DeviceMessage> = {}): DeviceMessage {
  return {
    kind: 'message',
    topic: 'baari/v1/IN-GJ-0042/sensor/lel-1/data',
    class: 'sensor',
    device: 'lel-1',
    type: 'data',
    boot: 'b1',
    seq,
    deviceAtMs: null,
    receivedAt: instant(1_760_000_000_000),
    payload: `{"boot":"b1","seq":${seq},"v":3}`,
    ...over,
  }
}
