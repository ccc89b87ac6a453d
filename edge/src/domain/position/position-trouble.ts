import type { FaultCode } from '@baari/shared/faults/fault-codes'
import { monoElapsed, seconds, type Instant, type Mono } from '@baari/shared/units/time'

/**
 * Who ends a fault of a position: two good readings of its dispenser in a row, the attendant who
 * takes it out of service, a manager's PIN (D02), or the ledger that is back.
 */
export type FaultEnder = 'readings' | 'attendant' | 'manager' | 'ledger'
export type Holder = Exclude<FaultEnder, 'readings'>

/** A dispenser that says it is well again is believed; a valve that closed too late is not. */
const enders: { readonly [C in FaultCode]?: FaultEnder } = {
  dispenser_unknown_state: 'readings',
  preset_overrun: 'attendant',
  meter_reset: 'manager',
  ledger_failed: 'ledger',
}

/** A fault that the table does not name is a person's to end. */
export function enderOf(code: FaultCode): FaultEnder {
  return enders[code] ?? 'attendant'
}

/**
 * Faults that only their alarm remembers over a restart: a meter that went back freezes its nozzle in
 * the books, and a ledger that starts is back.
 */
export const recalledCodes = (Object.keys(enders) as readonly FaultCode[]).filter(
  (code) => enders[code] === 'readings' || enders[code] === 'attendant',
)

type Fault = { readonly code: FaultCode; readonly since: Instant }

/** One fault of a position, from its raise to its end. */
export type Trouble =
  | { readonly kind: 'sound' }
  /** No good reading since the last bad one. */
  | (Fault & { readonly kind: 'unread' })
  | (Fault & { readonly kind: 'read-once'; readonly at: Mono })
  | (Fault & { readonly kind: 'held'; readonly by: Holder })

/**
 * A good reading: a trusted frame of a dispenser in order and at rest, and its totaliser, taken into
 * the books. Everything else that was seen of it is a bad one.
 */
export type TroubleEvent =
  | ({ readonly kind: 'raised' } & Fault)
  | { readonly kind: 'read-well'; readonly at: Mono }
  | { readonly kind: 'read-badly' }
  | { readonly kind: 'ended'; readonly by: Holder }

/** A cell for every pair of state and event; without one of them the build fails. */
type TroubleRules = {
  readonly [S in Trouble['kind']]: {
    readonly [E in TroubleEvent['kind']]: (
      s: Extract<Trouble, { kind: S }>,
      e: Extract<TroubleEvent, { kind: E }>,
    ) => Trouble
  }
}

const sound: Trouble = { kind: 'sound' }
/** Two readings of one short moment are one: a dispenser that flickers is not well. */
const apart = seconds(1)

const rules: TroubleRules = {
  sound: {
    raised: (_, fault) => raised(fault),
    'read-well': (s) => s,
    'read-badly': (s) => s,
    ended: (s) => s,
  },
  unread: {
    raised: (s) => s,
    'read-well': ({ code, since }, { at }) => ({ kind: 'read-once', code, since, at }),
    'read-badly': (s) => s,
    ended: (s) => s,
  },
  'read-once': {
    raised: ({ code, since }) => ({ kind: 'unread', code, since }),
    'read-well': (s, { at }) => (monoElapsed(s.at, at) < apart ? s : sound),
    'read-badly': ({ code, since }) => ({ kind: 'unread', code, since }),
    ended: (s) => s,
  },
  held: {
    raised: (s) => s,
    'read-well': (s) => s,
    'read-badly': (s) => s,
    ended: (s, { by }) => (by === s.by ? sound : s),
  },
}

function raised({ code, since }: Fault): Trouble {
  const by = enderOf(code)
  return by === 'readings' ? { kind: 'unread', code, since } : { kind: 'held', code, since, by }
}

/** What becomes of one fault. */
export function decideTrouble(trouble: Trouble, event: TroubleEvent): Trouble {
  const rule = rules[trouble.kind][event.kind] as (s: Trouble, e: TroubleEvent) => Trouble
  return rule(trouble, event)
}

/** The faults of one nozzle or position, oldest first; at most one of each code. */
export type Troubles = readonly Exclude<Trouble, { kind: 'sound' }>[]

/** A raise concerns the fault of its code; everything else concerns all of them. */
export function nextTroubles(troubles: Troubles, event: TroubleEvent): Troubles {
  const isNew = event.kind === 'raised' && troubles.every(({ code }) => code !== event.code)
  const next = troubles.map((one) =>
    event.kind === 'raised' && event.code !== one.code ? one : decideTrouble(one, event),
  )
  return [...next, ...(isNew ? [decideTrouble(sound, event)] : [])].filter(isTrouble)
}

function isTrouble(one: Trouble): one is Troubles[number] {
  return one.kind !== 'sound'
}

/** Whether another reading of the dispenser would bring one of them nearer to its end. */
export function wantsReading(troubles: Troubles): boolean {
  return troubles.some(({ kind }) => kind === 'unread' || kind === 'read-once')
}

/** The one that people are shown: what a person must end stands before what ends by itself. */
export function shownTrouble(troubles: Troubles): Fault | null {
  return troubles.find(({ kind }) => kind === 'held') ?? troubles[0] ?? null
}
