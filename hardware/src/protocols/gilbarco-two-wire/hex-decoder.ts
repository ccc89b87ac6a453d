import type { DecodedFrame, HexDecoder } from '../hex-decoder.ts'
import { damagedFrame, refusedFrame, toldBy } from '../hex-scan.ts'
import { hexText } from '../modbus/frames.ts'
import { readBlock, readMoney } from './block.ts'
import { gilbarcoCommandRules } from './frame-codec.ts'
import {
  allStop,
  blockBegin,
  blockEnd,
  digitWord,
  isDigit,
  moneyDigits,
  type GilbarcoReply,
} from './frames.ts'
import { gilbarcoState, statusName } from './tables.ts'

type Fields = Readonly<Record<string, unknown>>
/** What stands at an offset, and how many words it took. */
type Taken = { readonly length: number; readonly told: DecodedFrame }

/** Commands, statuses, blocks and running money; a word that can be two of them is told as both. */
export const gilbarcoHexDecoder: HexDecoder = {
  protocol: 'gilbarco-two-wire',
  about: 'Gilbarco two-wire words: commands, statuses, transactions, totals, running money',
  decode(bytes) {
    const found: DecodedFrame[] = []
    for (let at = 0; at < bytes.length;) {
      const { length, told } = takeAt(bytes, at)
      found.push(told)
      at += length
    }
    return found
  },
}

/** A damaged block is never searched for one-word frames: they would be invented. */
function takeAt(bytes: Uint8Array, at: number): Taken {
  const word = bytes[at] ?? 0
  if (word === blockBegin) return takeBlock(bytes, at)
  if (isDigit(word)) return takeDigits(bytes, at)
  if (word < digitWord || word === allStop) return takeWord(word)
  const told = refusedFrame('noise', 'a control word outside a block', Uint8Array.of(word))
  return { length: 1, told }
}

function takeBlock(bytes: Uint8Array, at: number): Taken {
  const stops = [blockBegin, blockEnd]
  const rest = bytes.subarray(at + 1)
  const stop = rest.findIndex((word) => stops.includes(word))
  const whole = stop >= 0 && rest[stop] === blockEnd
  const length = stop < 0 ? bytes.length - at : whole ? stop + 2 : stop + 1
  const raw = bytes.slice(at, at + length)
  if (!whole) return { length, told: refusedFrame('frame_torn', 'a block without its F0', raw) }
  const block = readBlock(raw)
  const told = typeof block === 'string' ? damagedFrame(block, raw) : frame(replyFields(block), raw)
  return { length, told }
}

function takeDigits(bytes: Uint8Array, at: number): Taken {
  let to = at
  while (isDigit(bytes[to] ?? 0)) to += 1
  const raw = bytes.slice(at, to)
  const amountCounts = readMoney(raw)
  const isBare = (word: number | undefined): boolean => word === undefined || word < digitWord
  const alone = raw.length === moneyDigits && isBare(bytes[at - 1]) && isBare(bytes[to])
  if (!alone)
    return { length: raw.length, told: refusedFrame('noise', 'digits outside a block', raw) }
  const told =
    amountCounts === null
      ? damagedFrame('a digit of the money is no decimal', raw)
      : frame(replyFields({ kind: 'running-money', amountCounts }), raw)
  return { length: raw.length, told }
}

function takeWord(word: number): Taken {
  const raw = Uint8Array.of(word)
  const command = gilbarcoCommandRules.parse(raw)
  const fromHost = command === null ? [] : [{ direction: 'host-to-pump', fields: command }]
  const status: GilbarcoReply = { kind: 'status', code: word >>> 4, pump: word & 0x0f }
  // A code without a name is told too: as a status it is a fault (D14).
  const isStatus = word < digitWord
  const fromPump = isStatus ? [{ direction: 'pump-to-host', fields: replyFields(status) }] : []
  return { length: 1, told: frame(toldBy([...fromHost, ...fromPump]), raw) }
}

function frame(fields: Fields, raw: Uint8Array): DecodedFrame {
  return { kind: 'frame', fields, hex: hexText(raw) }
}

function replyFields(reply: GilbarcoReply): Fields {
  if (reply.kind !== 'status') return { direction: 'pump-to-host', ...reply }
  const { code } = reply
  return { ...reply, name: statusName(code), state: gilbarcoState(code) }
}
