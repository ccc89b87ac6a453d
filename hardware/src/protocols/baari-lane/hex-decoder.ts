import type { HexDecoder } from '../hex-decoder.ts'
import { scanHex, toldRules } from '../hex-scan.ts'
import { laneReplyRules, laneRequestRules } from './codec.ts'

/** Both directions of the signs and barriers. */
export const laneDecoder: HexDecoder = {
  protocol: 'baari-lane',
  about: 'lane signs and barriers: lines of ASCII with a CRC-16',
  decode: (bytes) =>
    scanHex(bytes, [
      { direction: 'host-to-device', rules: toldRules(laneRequestRules, (request) => request) },
      { direction: 'device-to-host', rules: toldRules(laneReplyRules, (reply) => reply) },
    ]),
}
