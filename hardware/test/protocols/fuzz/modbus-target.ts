import {
  createModbusMasterCodec,
  createModbusSlaveDecoder,
  encodeReply,
  encodeRequest,
} from '../../../src/protocols/modbus/frame-codec.ts'
import { wellFormed } from '../modbus/fuzz-frames.ts'
import { streamOf, type FuzzTarget } from './fuzz-target.ts'

export const modbusTarget: FuzzTarget = {
  protocol: 'modbus-rtu',
  good(chance) {
    const bytes = wellFormed(chance)
    return { bytes, checkAt: [bytes.length - 2, bytes.length - 1] }
  },
  streams: () => [
    streamOf(createModbusMasterCodec(), encodeReply),
    streamOf(createModbusSlaveDecoder(), encodeRequest),
  ],
}
