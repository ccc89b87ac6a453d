import type { Prng } from '@baari/shared/runtime/chance'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { hexDecoders } from '../../../src/protocols/decoders.ts'
import { hexText } from '../../../src/protocols/modbus/frames.ts'
import { dartHostTarget, dartPumpTarget, dartTarget } from './dart-target.ts'
import type { FuzzStream, FuzzTarget } from './fuzz-target.ts'
import { gilbarcoTarget } from './gilbarco-target.ts'
import { laneTarget } from './lane-target.ts'
import { modbusTarget } from './modbus-target.ts'
import { neogiTarget } from './neogi-target.ts'
import { pts2Target } from './pts2-target.ts'
import { tls350Target } from './tls350-target.ts'

/** Protocols with good frames to damage. A decoder without one is fed random bytes only. */
const targets: readonly FuzzTarget[] = [
  modbusTarget,
  dartTarget,
  dartHostTarget,
  dartPumpTarget,
  gilbarcoTarget,
  neogiTarget,
  pts2Target,
  tls350Target,
  laneTarget,
]

export type FuzzOutcome = {
  readonly inputs: number
  /** By protocol: inputs, frames and refusals told by the decoder of recorded bytes. */
  readonly protocols: Readonly<Record<string, FuzzCount>>
  /** Must be 0: a decoder threw. */
  readonly throws: number
  /** Must be 0: a frame was taken although its check value was changed. */
  readonly damagedTaken: number
  /** Must be 0: a good frame, alone, was refused. */
  readonly goodRefused: number
  /** Must be 0: a frame of a stream does not encode back to its bytes. */
  readonly mismatches: number
  readonly streamFrames: number
  /** Bytes the streams kept at most; the bound is 8 KiB. */
  readonly longestPending: number
  /** Damaged check values that were tried. */
  readonly damagedTried: number
}

export type FuzzCount = { inputs: number; frames: number; refused: number }

type Totals = { -readonly [Name in keyof FuzzOutcome]: FuzzOutcome[Name] }
type Subject = {
  readonly decoder: (typeof hexDecoders)[number]
  readonly target: FuzzTarget | undefined
  readonly streams: readonly FuzzStream[]
}
type Input = { readonly bytes: Uint8Array; readonly is: 'good' | 'check-damaged' | 'dirty' }

/** Every registered decoder in turn, with inputs from one seed; `each` is called now and then. */
export function fuzzDecoders(options: {
  readonly inputs: number
  readonly seed: number
  readonly each?: (done: number) => void
}): FuzzOutcome {
  const chance = seededPrng(options.seed)
  const subjects = hexDecoders.map((decoder) => {
    const target = targets.find(({ protocol }) => protocol === decoder.protocol)
    return { decoder, target, streams: target?.streams() ?? [] }
  })
  const totals = noTotals(options.inputs)
  for (let index = 0; index < options.inputs; index += 1) {
    const subject = subjects[index % subjects.length]
    if (subject !== undefined) oneInput(subject, totals, chance)
    if (index % 100_000 === 0) options.each?.(index)
  }
  return totals
}

function noTotals(inputs: number): Totals {
  const protocols = Object.fromEntries(
    hexDecoders.map(({ protocol }) => [protocol, { inputs: 0, frames: 0, refused: 0 }]),
  )
  return {
    ...{ inputs, protocols, throws: 0, damagedTaken: 0, goodRefused: 0, mismatches: 0 },
    ...{ streamFrames: 0, longestPending: 0, damagedTried: 0 },
  }
}

function oneInput(subject: Subject, totals: Totals, chance: Prng): void {
  const input = inputFor(subject.target, chance)
  try {
    recorded(subject, input, totals)
    for (const stream of subject.streams) fed(stream, { bytes: input.bytes, totals, chance })
  } catch {
    totals.throws += 1
  }
}

function recorded({ decoder }: Subject, input: Input, totals: Totals): void {
  const found = decoder.decode(input.bytes)
  const frames = found.filter(({ kind }) => kind === 'frame')
  const count = totals.protocols[decoder.protocol]
  if (count !== undefined) {
    count.inputs += 1
    count.frames += frames.length
    count.refused += found.length - frames.length
  }
  if (input.is === 'good' && (frames.length !== 1 || found.length !== 1)) totals.goodRefused += 1
  if (input.is !== 'check-damaged') return
  totals.damagedTried += 1
  const whole = hexText(input.bytes)
  if (frames.some(({ hex }) => hex === whole)) totals.damagedTaken += 1
}

function fed(
  stream: FuzzStream,
  line: { readonly bytes: Uint8Array; readonly totals: Totals; readonly chance: Prng },
): void {
  const { bytes, totals, chance } = line
  const cut = chance.next() < 0.3 ? wholeBetween(chance, 0, bytes.length) : bytes.length
  const told = [stream.feed(bytes.subarray(0, cut), chance)]
  if (cut < bytes.length) told.push(stream.feed(bytes.subarray(cut), chance))
  totals.longestPending = Math.max(totals.longestPending, stream.pending())
  if (chance.next() < 0.3) told.push(stream.silence())
  for (const { frames, mismatches } of told) {
    totals.streamFrames += frames
    totals.mismatches += mismatches
  }
}

/** Good, with a changed check value, torn, flipped, glued, in noise, or nothing but noise. */
function inputFor(target: FuzzTarget | undefined, chance: Prng): Input {
  const kind = wholeBetween(chance, 0, 6)
  if (target === undefined || kind === 6) return { bytes: noise(chance, 64), is: 'dirty' }
  const { bytes, checkAt } = target.good(chance)
  switch (kind) {
    case 0:
      return { bytes, is: 'good' }
    case 1: {
      const at = checkAt[wholeBetween(chance, 0, checkAt.length - 1)]
      if (at === undefined) return { bytes, is: 'good' }
      return { bytes: flipped(bytes, at, wholeBetween(chance, 0, 3)), is: 'check-damaged' }
    }
    case 2:
      return { bytes: bytes.subarray(0, wholeBetween(chance, 0, bytes.length)), is: 'dirty' }
    case 3: {
      const at = wholeBetween(chance, 0, bytes.length - 1)
      return { bytes: flipped(bytes, at, wholeBetween(chance, 0, 7)), is: 'dirty' }
    }
    case 4:
      return { bytes: Uint8Array.of(...bytes, ...target.good(chance).bytes), is: 'dirty' }
    default:
      return {
        bytes: Uint8Array.of(...noise(chance, 8), ...bytes, ...noise(chance, 8)),
        is: 'dirty',
      }
  }
}

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const damaged = Uint8Array.from(bytes)
  damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
  return damaged
}

function noise(chance: Prng, longest: number): Uint8Array {
  return Uint8Array.from({ length: wholeBetween(chance, 0, longest) }, () =>
    wholeBetween(chance, 0, 255),
  )
}
