import { grams, type Grams } from '@baari/shared/units/mass'
import type { DispenserState, DispenserStatus, NozzleNo } from '../../ports/dispenser.ts'
import type { FrameProblem, LiveFrame } from '../live-frame.ts'
import type { BlockRead } from './block-reader.ts'
import type { RegisterMap } from './register-map.ts'

/** Flow below this counts as rest, for a meter that reports no state. */
const restGramsPerSecond = 1

/** Translates a live block into our words; an unknown state code becomes `fault` (D14). Pure. */
export function liveFrame(map: RegisterMap, nozzle: NozzleNo, read: BlockRead): LiveFrame {
  const { fields, attempts, at, rawHex } = read
  const state = stateOf(map, fields)
  const status: DispenserStatus = {
    nozzle,
    state: state ?? 'fault',
    nozzleOut: nozzleOutOf(map, fields),
    saleGrams: grams(fields.saleGrams ?? 0),
    totaliserGrams: massOf(fields.totaliserGrams),
    saleSequence: fields.saleSequence ?? null,
    bootEpoch: fields.bootEpoch ?? null,
  }
  return { status, problem: problemOf(map, fields, state), attempts, at, rawHex }
}

type Fields = BlockRead['fields']

function massOf(value: number | null | undefined): Grams | null {
  return value === null || value === undefined ? null : grams(value)
}

function stateOf(map: RegisterMap, fields: Fields): DispenserState | null {
  if (map.states !== undefined) return map.states[String(fields.stateCode)] ?? null
  const flow = fields.flowGramsPerSecond
  return flow !== null && flow !== undefined && flow >= restGramsPerSecond ? 'fuelling' : 'idle'
}

function nozzleOutOf(map: RegisterMap, fields: Fields): boolean | null {
  const { flags } = fields
  if (map.nozzleOutFlag === undefined || flags === null || flags === undefined) return null
  return (flags & map.nozzleOutFlag) !== 0
}

function problemOf(
  map: RegisterMap,
  fields: Fields,
  state: DispenserState | null,
): FrameProblem | null {
  if (Object.values(fields).includes(null)) return 'unreadable-number'
  const { check } = map
  const seen = check === undefined ? undefined : fields[check.field]
  if (check !== undefined && seen !== undefined && seen !== null) {
    if (seen < check.min || seen > check.max) return 'implausible-check'
  }
  return state === null ? 'unknown-state' : null
}
