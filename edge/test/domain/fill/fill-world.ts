import { grams } from '@baari/shared/units/mass'
import { fillId } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import type { DeviceFacts } from '../../../src/domain/fill/device-facts.ts'
import { accountRow, installed, type NozzleAccount } from '../../../src/domain/fill/fill-books.ts'
import { lastRowOf, recoverNozzle } from '../../../src/domain/fill/fill-recovery.ts'
import { decideFill } from '../../../src/domain/fill/fill-rules.ts'
import {
  isFinal,
  type FillDecision,
  type FillEffect,
  type FillEvent,
  type FillRow,
  type FillState,
  type SaleFact,
} from '../../../src/domain/fill/fill-states.ts'
import { intent, limits, opening, terms } from './fill-examples.ts'

/** A nozzle that sells, rests, is used by hand and never forgets its totaliser. */
type Nozzle = {
  state: 'idle' | 'authorised' | 'running' | 'completed'
  total: number
  sold: number
  limit: number
  sequence: number
  last: SaleFact | null
  authorisations: number
}

export type Act =
  | {
      readonly kind:
        'request' | 'work' | 'observe' | 'lift' | 'hang-up' | 'manual' | 'crash' | 'restart'
    }
  | { readonly kind: 'flow'; readonly grams: number }

/**
 * One nozzle and one node, in memory, one act at a time: what is committed outlives a crash, what
 * waits to be carried out does not. The node here is the ledger and the loop in their smallest form.
 */
export type World = {
  act(act: Act): void
  /** Node up, device at rest, everything carried out. */
  settleDown(): void
  nozzle(): Readonly<Nozzle>
  account(): NozzleAccount
  state(): FillState
  authorised(): ReadonlyMap<string, number>
  settledTwice(): boolean
  redeemed(): ReadonlyMap<string, number>
  /** Fills that ended with gas, settled or disputed. */
  tookGas(): ReadonlySet<string>
}

export function fillWorld(): World {
  const nozzle: Nozzle = {
    state: 'idle',
    total: opening,
    sold: 0,
    limit: 0,
    sequence: 41,
    last: null,
    authorisations: 0,
  }
  let account = installed(opening)
  let state: FillState = { kind: 'idle', accountedGrams: opening }
  let events: FillEvent[] = []
  let effects: FillEffect[] = []
  let up = true
  let seen = { running: false, total: nozzle.total }
  let fills = 0
  const authorised = new Map<string, number>()
  const redeemed = new Map<string, number>()
  const settled: string[] = []
  const tookGas = new Set<string>()

  /** One transaction: state, books and the effects that it allows. */
  function commit(decision: FillDecision): void {
    for (const effect of decision.effects) {
      if (effect.kind === 'write') account = accountRow(account, effect.row)
      if (effect.kind === 'write') note(effect.row)
      if (effect.kind === 'redeem') count(redeemed, effect.terms.fill)
    }
    effects = [...effects, ...decision.effects]
    state = decision.state
    if (isFinal(state)) state = { kind: 'idle', accountedGrams: account.accountedGrams }
  }

  function note(row: FillRow): void {
    if (row.kind === 'settle') settled.push(row.terms.fill)
    const sold = row.kind === 'settle' || row.kind === 'dispute'
    if (sold && row.meter.deliveredGrams > 0) tookGas.add(row.terms.fill)
  }

  function request(): void {
    if (!up || nozzle.state !== 'idle' || events.length + effects.length > 0) return
    if (state.kind !== 'idle') return
    fills += 1
    const next = {
      ...terms,
      fill: fillId(`00000002-0000-7000-8000-${String(fills).padStart(12, '0')}`),
    }
    const reserved = decideFill(state, { kind: 'reserve', terms: next }, limits)
    const sent = decideFill(
      reserved.state,
      {
        kind: 'authorise',
        intent: { ...intent, deviceSequence: nozzle.sequence },
        reading: reading(),
      },
      limits,
    )
    commit({ state: sent.state, effects: [...reserved.effects, ...sent.effects] })
  }

  function reading(): {
    totaliserGrams: ReturnType<typeof grams>
    sinceLastMs: ReturnType<typeof minutes>
  } {
    return { totaliserGrams: grams(nozzle.total), sinceLastMs: minutes(1) }
  }

  /** Carries out one waiting effect, or else decides one waiting event. */
  function work(): void {
    const effect = effects.shift()
    if (effect !== undefined) {
      carryOut(effect)
      return
    }
    const event = events.shift()
    if (event !== undefined) commit(decideFill(state, event, limits))
  }

  function carryOut(effect: FillEffect): void {
    if (effect.kind === 'authorise') {
      count(authorised, effect.terms.fill)
      deviceAuthorise(nozzle, effect.terms.limitGrams)
      events.push({ kind: 'acknowledged' })
    }
    if (effect.kind === 'stop') deviceStop(nozzle)
    if (effect.kind === 'close' && nozzle.state === 'completed') nozzle.state = 'idle'
    if (effect.kind === 'await-quiet') events.push({ kind: 'void-window' })
    if (effect.kind === 'settle-next') events.push({ kind: 'settle' })
    if (effect.kind === 'read-totals') {
      const atRest = nozzle.state === 'idle' || nozzle.state === 'completed'
      events.push({ kind: 'totals-read', reading: reading(), atRest, sale: nozzle.last })
    }
  }

  function observe(): void {
    const running = nozzle.state === 'running'
    if (nozzle.total !== seen.total) events.push({ kind: 'flow', reading: reading() })
    if (seen.running && !running) events.push({ kind: 'ended' })
    seen = { running, total: nozzle.total }
  }

  function facts(): DeviceFacts {
    const rests = {
      idle: 'at-rest',
      completed: 'at-rest',
      authorised: 'authorised',
      running: 'running',
    } as const
    return {
      rest: rests[nozzle.state],
      reading: reading(),
      runningGrams: nozzle.state === 'running' ? grams(nozzle.sold) : null,
      sale: nozzle.last,
    }
  }

  function recover(): void {
    up = true
    let waitedOut = false
    for (let round = 0; round < 10; round += 1) {
      const outcome = recoverNozzle(
        {
          last: lastRowOf(state, account.accountedGrams),
          device: facts(),
          waitedOut,
          mayControl: true,
        },
        limits,
      )
      if (outcome.decision !== null) commit(outcome.decision)
      if (outcome.stop === true) deviceStop(nozzle)
      if (outcome.next === 'done') break
      waitedOut = outcome.row === 9
    }
    seen = { running: nozzle.state === 'running', total: nozzle.total }
  }

  function act(one: Act): void {
    if (one.kind === 'request') request()
    if (one.kind === 'work' && up) work()
    if (one.kind === 'observe' && up) observe()
    if (one.kind === 'crash') {
      up = false
      events = []
      effects = []
    }
    if (one.kind === 'restart' && !up) recover()
    deviceAct(nozzle, one)
  }

  return {
    act,
    settleDown() {
      if (!up) recover()
      deviceStop(nozzle)
      for (let round = 0; round < 20; round += 1) {
        observe()
        if (round % 5 === 0) events.push({ kind: 'ended' })
        while (events.length + effects.length > 0) work()
      }
    },
    nozzle: () => nozzle,
    account: () => account,
    state: () => state,
    authorised: () => authorised,
    redeemed: () => redeemed,
    tookGas: () => tookGas,
    settledTwice: () => new Set(settled).size !== settled.length,
  }
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1)
}

function deviceAuthorise(nozzle: Nozzle, limit: number): void {
  if (nozzle.state === 'running') return
  nozzle.state = 'authorised'
  nozzle.limit = limit
  nozzle.authorisations += 1
}

function deviceStop(nozzle: Nozzle): void {
  if (nozzle.state === 'authorised') nozzle.state = 'idle'
  if (nozzle.state === 'running') endSale(nozzle)
}

function endSale(nozzle: Nozzle): void {
  nozzle.state = nozzle.sold > 0 ? 'completed' : 'idle'
  if (nozzle.sold === 0) return
  nozzle.sequence += 1
  nozzle.last = {
    sequence: nozzle.sequence,
    bootEpoch: 1,
    grams: grams(nozzle.sold),
    openingGrams: grams(nozzle.total - nozzle.sold),
  }
}

function deviceAct(nozzle: Nozzle, act: Act): void {
  if (act.kind === 'lift' && nozzle.state === 'authorised') begin(nozzle, nozzle.limit)
  if (act.kind === 'manual' && (nozzle.state === 'idle' || nozzle.state === 'completed')) {
    begin(nozzle, 1_000_000)
  }
  if (act.kind === 'hang-up' && nozzle.state === 'running') endSale(nozzle)
  if (act.kind === 'flow' && nozzle.state === 'running') {
    const gas = Math.min(act.grams, nozzle.limit - nozzle.sold)
    nozzle.sold += gas
    nozzle.total += gas
    if (nozzle.sold === nozzle.limit) endSale(nozzle)
  }
}

function begin(nozzle: Nozzle, limit: number): void {
  nozzle.state = 'running'
  nozzle.sold = 0
  nozzle.limit = limit
}
