import { isDeepStrictEqual } from 'node:util'
import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { readMessage, writeMessage, type Pts2Packet } from '../../../src/protocols/pts2/messages.ts'
import type { Fed, FuzzStream, FuzzTarget } from './fuzz-target.ts'

/** HTTP and WebSocket deliver whole messages under their own check, so there is no check value. */
export const pts2Target: FuzzTarget = {
  protocol: 'pts2',
  good: (chance) => ({ bytes: new TextEncoder().encode(randomMessage(chance)), checkAt: [] }),
  streams: () => [messages],
}

/** Keeps nothing between messages. A packet that is read must write back to the same packet. */
const messages: FuzzStream = {
  feed(bytes) {
    const read = readMessage(bytes)
    const packets = read.ok ? read.value.flatMap(wholePacket) : []
    const wrong = packets.filter((packet) => !isDeepStrictEqual(rewritten(packet), packet))
    return { frames: packets.length, mismatches: wrong.length }
  },
  silence: (): Fed => ({ frames: 0, mismatches: 0 }),
  pending: () => 0,
}

type WholePacket = Extract<Pts2Packet, { kind: 'request' | 'reply' }>

function wholePacket(packet: Pts2Packet): readonly WholePacket[] {
  return packet.kind === 'request' || packet.kind === 'reply' ? [packet] : []
}

function rewritten({ packet }: WholePacket): Pts2Packet | undefined {
  const read = readMessage(writeMessage([packet]))
  return read.ok ? read.value[0] : undefined
}

function randomMessage(chance: Prng): string {
  const id = wholeBetween(chance, 1, 9_999)
  const pump = wholeBetween(chance, 1, 120)
  const number = `${wholeBetween(chance, 0, 99_999)}.${wholeBetween(chance, 0, 999)}`
  const packets = [
    `{"Id":"${id}","Type":"PumpTotals","Data":{"Pump":${pump},"Nozzle":1,"Volume":${number}}}`,
    `{"Id":${id},"Type":"PumpIdleStatus","Data":{"Pump":${pump},"LastVolume":${number},"User":"a\\n"}}`,
    `{"Id":${id},"Type":"PumpStop","Message":"OK"}`,
    `{"Id":${id},"Error":true,"Code":40,"Message":"JSONPTS_ERROR_BUSY_OTHER_USER"}`,
    `{"Id":${id},"Type":"PumpAuthorize","Data":{"Pump":${pump},"Nozzle":1,"Type":"Amount","Dose":${number}}}`,
  ]
  const packet = packets[wholeBetween(chance, 0, packets.length - 1)]
  return `{"Protocol":"jsonPTS","Packets":[${packet}]}`
}
