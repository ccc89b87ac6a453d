import type { HexDecoder } from '../hex-decoder.ts'
import { scanHex, toldRules, type HexReading } from '../hex-scan.ts'
import { hexText } from '../modbus/frames.ts'
import { dartHostRules, dartPumpRules } from './frame-codec.ts'
import type { DartBlock, DartHostFrame, DartPumpFrame } from './frames.ts'
import type { HostPart, OtherPart, PumpPart } from './parts.ts'
import { dartState, statusName } from './tables.ts'

type Fields = Readonly<Record<string, unknown>>

const fromHost: HexReading = {
  direction: 'host-to-pump',
  rules: toldRules(dartHostRules, hostFields),
  isDoubtful: isUnlikely,
}
const fromPump: HexReading = {
  direction: 'pump-to-host',
  rules: toldRules(dartPumpRules, pumpFields),
  isDoubtful: isUnlikely,
}

/** Both directions. A transaction number means another thing in each, so both are tried. */
export const wayneDartHexDecoder: HexDecoder = {
  protocol: 'wayne-dart',
  about: 'Wayne DART / MKR-5 line frames, host and pump',
  decode: (bytes) => scanHex(bytes, [fromHost, fromPump]),
}

/** For a recording whose direction is known. */
export const wayneDartHostHexDecoder: HexDecoder = {
  protocol: 'wayne-dart-host',
  about: 'Wayne DART / MKR-5, only what the host sends',
  decode: (bytes) => scanHex(bytes, [fromHost]),
}

/** For a recording whose direction is known. */
export const wayneDartPumpHexDecoder: HexDecoder = {
  protocol: 'wayne-dart-pump',
  about: 'Wayne DART / MKR-5, only what the pump sends',
  decode: (bytes) => scanHex(bytes, [fromPump]),
}

function hostFields(frame: DartHostFrame): Fields {
  return frame.kind === 'data' ? blockFields(frame, hostPartFields) : frame
}

function pumpFields(frame: DartPumpFrame): Fields {
  if (frame.kind !== 'data') return frame
  const status = frame.parts.find((part) => part.kind === 'status')
  const nozzle = frame.parts.find((part) => part.kind === 'nozzle')
  const state = status === undefined ? null : dartState(status.code, nozzle?.nozzleOut ?? null)
  return { ...blockFields(frame, pumpPartFields), ...(state === null ? {} : { state }) }
}

function blockFields<Part extends HostPart | PumpPart>(
  block: DartBlock<Part>,
  told: (part: Part) => Fields,
): Fields {
  const { kind, address, sequence, parts } = block
  return { kind, address, sequence, transactions: parts.map(told) }
}

function hostPartFields(part: HostPart): Fields {
  return part.kind === 'other' ? otherFields(part) : part
}

function pumpPartFields(part: PumpPart): Fields {
  if (part.kind === 'other') return otherFields(part)
  if (part.kind !== 'status') return part
  return { ...part, name: statusName(part.code) }
}

/**
 * A transaction without a rule in this direction, or a list of nozzles no dispenser has, is more
 * likely one of the other direction.
 */
function isUnlikely({ transactions }: Fields): boolean {
  return Array.isArray(transactions) && transactions.some((one: Fields) => unlikelyPart(one))
}

function unlikelyPart({ kind, nozzles }: Fields): boolean {
  if (kind === 'other') return true
  if (!Array.isArray(nozzles)) return false
  const isNumber = (nozzle: unknown): boolean => Number(nozzle) >= 1 && Number(nozzle) <= 15
  return !nozzles.every(isNumber) || new Set(nozzles).size !== nozzles.length
}

function otherFields({ kind, number, data }: OtherPart): Fields {
  return { kind, number, data: hexText(data) }
}
