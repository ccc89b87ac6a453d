import { renewEvery, type LeaseAnswer } from '@baari/shared/domain/lease/term'
import type { Clock } from '@baari/shared/runtime/clock'
import type { VehicleClass } from '@baari/shared/units/names'
import { millis, seconds, type Instant, type Millis, type Mono } from '@baari/shared/units/time'
import type { ExchangeAnswer } from '../../ports/cloud-line.ts'
import type { LeaseLine } from '../../ports/lease-line.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { StationClock } from '../../ports/station-clock.ts'
import type { SessionKeeper } from '../sync/session-keeper.ts'
import {
  isWorking,
  type ForecourtNow,
  type leaseAnswered,
  type leaseFenced,
  type LeaseToSend,
  type nextLease,
  type recountCells,
} from './lease-round.ts'
import type { wantWindow } from './own-windows.ts'

/** The commands the loop asks of the ledger, by name. */
type LeaseCommands = {
  readonly 'lease.next': typeof nextLease
  readonly 'lease.recount': typeof recountCells
  readonly 'lease.answered': typeof leaseAnswered
  readonly 'lease.fenced': typeof leaseFenced
  readonly 'lease.want': typeof wantWindow
}

export type LeaseLoopDeps = {
  readonly line: LeaseLine
  readonly keeper: Pick<SessionKeeper, 'ensure'>
  readonly ledger: Pick<Ledger<LeaseCommands>, 'run'>
  readonly clock: Clock
  readonly forecourt: () => ForecourtNow
  readonly time: StationClock
  /** How often it looks whether a round is due or the working positions have changed. */
  readonly lookEvery?: Millis
  readonly onFault: (error: unknown) => void
}

export type WindowWish = { readonly windowStart: Instant; readonly vehicleClass: VehicleClass }

export type LeaseLoop = {
  /**
   * Borrows what the own share lacks for one vehicle of this class. Resolves after at most three
   * seconds, whatever came of it: the sale itself finds out what there is.
   */
  borrow(wish: WindowWish): Promise<void>
  stop(): Promise<void>
}

const usualLook = seconds(5)
/** Also while nobody answers, a position that closes is seen within the minute. */
const longestPause = seconds(45)
const borrowWithin = seconds(3)
/** A round has three requests, and a new term one more before them. */
const requestsPerRound = 8
const borrowTries = 3

/**
 * Renews the lease every five minutes, and at once when a position opened or closed. One request is
 * under way at a time; one that is not answered is the first of the next round. Nothing else at the
 * station waits for it.
 */
export function startLeaseLoop(deps: LeaseLoopDeps): LeaseLoop {
  const { clock, forecourt, onFault, lookEvery = usualLook } = deps
  const abort = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let cancel = (): void => undefined
  let roundAt: Mono | undefined
  let pause: Millis = lookEvery
  let working = -1
  /** A request was not answered: it is sent again before anything else. */
  let waits = false

  function enqueue(work: () => Promise<void>): Promise<void> {
    running = running.then(work).catch((error: unknown) => {
      if (!abort.signal.aborted) onFault(error)
    })
    return running
  }

  async function look(): Promise<void> {
    const now = forecourt().positions.filter(isWorking).length
    const due = roundAt === undefined || clock.mono() - roundAt >= renewEvery
    const starts = due || now !== working
    if (!starts && !waits) return
    if (starts) await deps.ledger.run('lease.recount', { forecourt: forecourt() })
    waits = !(await runRequests(deps, { starts, signal: abort.signal }))
    pause = waits ? millis(Math.min(pause * 2, longestPause)) : lookEvery
    if (starts && !waits) [roundAt, working] = [clock.mono(), now]
  }

  function again(): void {
    cancel = clock.after('lease', pause, () => void enqueue(look).then(again))
  }

  void enqueue(look).then(again)
  return {
    async borrow(wish) {
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(borrowWithin)])
      const borrowed = enqueue(async () => {
        waits = !(await borrowInside(deps, wish, signal))
      })
      await Promise.race([borrowed, aborted(signal)])
    },
    async stop() {
      abort.abort()
      cancel()
      await running
    },
  }
}

type Run = { readonly starts: boolean; readonly signal: AbortSignal }

/** True when nothing waits for an answer any more. */
async function runRequests(deps: LeaseLoopDeps, { starts, signal }: Run): Promise<boolean> {
  // Without the cloud's time no term may be opened or prolonged; a session brings it.
  const session = await deps.keeper.ensure(undefined, signal)
  if (session === undefined || !deps.time.now().trusted) return false
  for (let count = 0; count < requestsPerRound && !signal.aborted; count += 1) {
    const ask = { starts: starts && count === 0, forecourt: deps.forecourt() }
    const request = await deps.ledger.run('lease.next', ask)
    if (request === null) return true
    if (!(await settle(deps, request, signal))) return false
  }
  return false
}

/** True when nothing waits for an answer, whether or not there was something to borrow. */
async function borrowInside(
  deps: LeaseLoopDeps,
  wish: WindowWish,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tried = 0; tried < borrowTries && !signal.aborted; tried += 1) {
    if (!(await runRequests(deps, { starts: false, signal }))) return false
    const request = await deps.ledger.run('lease.want', { ...wish, forecourt: deps.forecourt() })
    if (request === null) return true
    if (!(await settle(deps, request, signal))) return false
  }
  return true
}

/** Sends one request and stores what came of it; false when it has to be sent again later. */
async function settle(
  deps: LeaseLoopDeps,
  request: LeaseToSend,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await send(deps, request, signal)
  const forecourt = deps.forecourt()
  if (answer.ok) {
    await deps.ledger.run('lease.answered', { answer: answer.value, forecourt })
    return true
  }
  const { no: refused } = answer
  if (refused.kind !== 'conflict' || refused.body.error !== 'fenced') return false
  const { lease } = refused.body
  if (lease === undefined) return false
  await deps.ledger.run('lease.fenced', { no: request.no, ...lease, forecourt })
  return true
}

async function send(
  { keeper, line }: LeaseLoopDeps,
  { kind, body }: LeaseToSend,
  signal: AbortSignal,
): Promise<ExchangeAnswer<LeaseAnswer>> {
  const session = await keeper.ensure(undefined, signal)
  if (session === undefined) return noSession
  const answer = await line.sendLease({ session, kind, body, signal })
  if (answer.ok || answer.no.kind !== 'unauthorised') return answer
  const renewed = await keeper.ensure(session.token, signal)
  return renewed === undefined ? answer : line.sendLease({ session: renewed, kind, body, signal })
}

const noSession = { ok: false, no: { kind: 'failed', reason: 'no session' } } as const

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
