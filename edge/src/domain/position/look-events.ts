import { grams, type Grams } from '@baari/shared/units/mass'
import { monoElapsed, seconds, type Mono } from '@baari/shared/units/time'
import { wound, type MeterLimits } from '../fill/totaliser.ts'
import type { FillState } from '../fill/fill-states.ts'
import { isAtRest, isReadable, type DeviceLook } from './device-look.ts'

/** What a look makes the ledger decide; readings are bare, their age is added there. */
export type LookEvent =
  | { readonly kind: 'link-lost' | 'link-back' | 'ended' | 'suspended' | 'resumed' }
  | { readonly kind: 'nozzle-lifted' | 'nozzle-returned' }
  | { readonly kind: 'device-fault'; readonly code: 'dispenser_unknown_state' }
  | { readonly kind: 'flow'; readonly totaliserGrams: Grams }

/** What was already told, so that a look tells only what is new. */
export type LookMemory = {
  readonly linkUp: boolean
  readonly inOrder: boolean
  readonly nozzleOut: boolean | null
  /** The device was seen to hold this fill's authorisation, so rest after it is its end. */
  readonly sawAuthorised: boolean
  /** The newest totaliser that was handed to the ledger, and when. */
  readonly toldGrams: Grams | null
  readonly toldAt: Mono
  /** State and counters whose end was told. */
  readonly toldEnd: string | null
}

export function freshMemory(at: Mono): LookMemory {
  return {
    linkUp: true,
    inOrder: true,
    nozzleOut: null,
    sawAuthorised: false,
    toldGrams: null,
    toldAt: at,
    toldEnd: null,
  }
}

export type LookFacts = {
  readonly look: DeviceLook
  /** The fill as the ledger stored it last. */
  readonly state: FillState
  readonly at: Mono
  readonly meter: MeterLimits
}

export type LookOutcome = { readonly events: readonly LookEvent[]; readonly memory: LookMemory }

const checkpointGrams = grams(250)
const checkpointMs = seconds(1)

/**
 * Compares what the device shows with what the ledger knows. Ends are found by state, not by the
 * change of it, so that a frame that was lost loses no end.
 */
export function eventsOfLook(facts: LookFacts, memory: LookMemory): LookOutcome {
  const { look } = facts
  if (!isReadable(look)) {
    const lost = look.quality === 'stale' || look.quality === 'bad'
    if (!lost || !memory.linkUp) return { events: [], memory }
    return { events: [{ kind: 'link-lost' }], memory: { ...memory, linkUp: false } }
  }
  if (look.state === 'out-of-order') return outOfOrder(memory)
  const steps = [linkStep, nozzleStep, flowStep, holdStep, endStep] as const
  return steps.reduce<LookOutcome>(
    (outcome, step) => {
      const next = step(facts, outcome.memory)
      return { events: [...outcome.events, ...next.events], memory: next.memory }
    },
    { events: [], memory: sawAuthorised(facts, memory) },
  )
}

function outOfOrder(memory: LookMemory): LookOutcome {
  if (!memory.inOrder) return { events: [], memory }
  return {
    events: [{ kind: 'device-fault', code: 'dispenser_unknown_state' }],
    memory: { ...memory, inOrder: false },
  }
}

function sawAuthorised({ look, state }: LookFacts, memory: LookMemory): LookMemory {
  const holding = state.kind === 'authorising' || state.kind === 'authorised'
  if (!holding) return memory.sawAuthorised ? { ...memory, sawAuthorised: false } : memory
  const seen = look.state === 'authorised' || look.state === 'running'
  return seen ? { ...memory, sawAuthorised: true } : memory
}

function linkStep(_facts: LookFacts, memory: LookMemory): LookOutcome {
  if (memory.linkUp && memory.inOrder) return { events: [], memory }
  return { events: [{ kind: 'link-back' }], memory: { ...memory, linkUp: true, inOrder: true } }
}

function nozzleStep({ look }: LookFacts, memory: LookMemory): LookOutcome {
  const { nozzleOut } = look
  if (nozzleOut === null || nozzleOut === memory.nozzleOut) return { events: [], memory }
  const first = memory.nozzleOut === null && !nozzleOut
  const kind = nozzleOut ? 'nozzle-lifted' : 'nozzle-returned'
  return { events: first ? [] : [{ kind }], memory: { ...memory, nozzleOut } }
}

/** A checkpoint at the first gram, every 250 g and every second of flow (hardware.md section 7). */
function flowStep(facts: LookFacts, memory: LookMemory): LookOutcome {
  const { look, at } = facts
  const total = totaliserShown(facts)
  const moving = look.state === 'running' || look.state === 'suspended'
  if (!moving || total === null || total === memory.toldGrams) return { events: [], memory }
  const known = memory.toldGrams ?? latestOf(facts.state)
  if (total === known) return { events: [], memory: { ...memory, toldGrams: total, toldAt: at } }
  const due =
    !gasSeen(facts.state) ||
    Math.abs(total - known) >= checkpointGrams ||
    monoElapsed(memory.toldAt, at) >= checkpointMs
  if (!due) return { events: [], memory }
  return {
    events: [{ kind: 'flow', totaliserGrams: total }],
    memory: { ...memory, toldGrams: total, toldAt: at },
  }
}

function holdStep({ look, state }: LookFacts, memory: LookMemory): LookOutcome {
  if (look.state === 'suspended' && state.kind === 'filling') {
    return { events: [{ kind: 'suspended' }], memory }
  }
  if (look.state === 'running' && state.kind === 'suspended') {
    return { events: [{ kind: 'resumed' }], memory }
  }
  return { events: [], memory }
}

/** The device rests while the ledger still waits for the end of something. */
function endStep(facts: LookFacts, memory: LookMemory): LookOutcome {
  const { look, state } = facts
  // What moves again ends again, whatever was told before.
  if (!isAtRest(look)) return { events: [], memory: { ...memory, toldEnd: null } }
  if (!awaitsEnd(facts, memory)) return { events: [], memory }
  // The ledger answers with a new object each time: the same end is the same words.
  const end = JSON.stringify([state, look.totaliserGrams, look.saleGrams])
  if (memory.toldEnd === end) return { events: [], memory }
  return { events: [{ kind: 'ended' }], memory: { ...memory, toldEnd: end, toldGrams: null } }
}

const untilRest: ReadonlySet<FillState['kind']> = new Set([
  'filling',
  'suspended',
  'orphan',
  'fault',
])

function awaitsEnd({ look, state }: LookFacts, memory: LookMemory): boolean {
  if (untilRest.has(state.kind)) return true
  if (state.kind === 'authorising' || state.kind === 'authorised') return memory.sawAuthorised
  // Gas that passed between two frames: the totals will say how much it was.
  if (state.kind !== 'idle' && state.kind !== 'calling') return false
  return look.totaliserGrams !== null && look.totaliserGrams !== state.accountedGrams
}

/** The counter in the frame, or the opening total plus the running sale where it shows none. */
export function totaliserShown({ look, state, meter }: Omit<LookFacts, 'at'>): Grams | null {
  if (look.totaliserGrams !== null) return look.totaliserGrams
  if (!('open' in state) || state.open === null) return null
  return wound(state.open.meter.openingGrams, look.saleGrams, meter)
}

function latestOf(state: FillState): Grams {
  if ('meter' in state) return state.meter.latestGrams
  if ('open' in state && state.open !== null) return state.open.meter.latestGrams
  return 'accountedGrams' in state ? state.accountedGrams : grams(0)
}

function gasSeen(state: FillState): boolean {
  if ('meter' in state) return state.meter.deliveredGrams > 0
  return 'open' in state && state.open !== null && state.open.meter.deliveredGrams > 0
}
