import { laneDecoder } from './baari-lane/hex-decoder.ts'
import { gilbarcoHexDecoder } from './gilbarco-two-wire/hex-decoder.ts'
import type { HexDecoder } from './hex-decoder.ts'
import { modbusHexDecoder } from './modbus/hex-decoder.ts'
import { neogiDecoder } from './neogi/hex-decoder.ts'
import { pts2Decoder } from './pts2/hex-decoder.ts'
import { tls350Decoder } from './tls350/hex-decoder.ts'
import {
  wayneDartHexDecoder,
  wayneDartHostHexDecoder,
  wayneDartPumpHexDecoder,
} from './wayne-dart/hex-decoder.ts'

/** Every protocol whose recorded bytes can be read. */
export const hexDecoders: readonly HexDecoder[] = [
  modbusHexDecoder,
  wayneDartHexDecoder,
  wayneDartHostHexDecoder,
  wayneDartPumpHexDecoder,
  gilbarcoHexDecoder,
  neogiDecoder,
  pts2Decoder,
  tls350Decoder,
  laneDecoder,
]

/** Other names people and data files use. */
const aliases: Readonly<Record<string, string>> = {
  modbus: 'modbus-rtu',
  rtu: 'modbus-rtu',
  dart: 'wayne-dart',
  wayne: 'wayne-dart',
  mkr5: 'wayne-dart',
  gilbarco: 'gilbarco-two-wire',
  'gilbarco-twowire': 'gilbarco-two-wire',
  twowire: 'gilbarco-two-wire',
  'two-wire': 'gilbarco-two-wire',
  'pts-2': 'pts2',
  jsonpts: 'pts2',
  technotrade: 'pts2',
  'tls-350': 'tls350',
  'veeder-root': 'tls350',
}

/** The decoder of a protocol by its name or an alias; capitals and `_` for `-` do not matter. */
export function hexDecoderOf(name: string): HexDecoder | undefined {
  const asked = name.trim().toLowerCase().replaceAll('_', '-')
  const protocol = aliases[asked] ?? asked
  return hexDecoders.find((decoder) => decoder.protocol === protocol)
}
