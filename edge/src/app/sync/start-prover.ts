import { dayText } from '@baari/shared/domain/sync/day-close'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { hours, seconds, type DayNumber, type Instant } from '@baari/shared/units/time'
import type { Findings, ProofRecord, ProofWhy } from '../../domain/sync/proof.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { daysToClose } from './close-days.ts'
import { prove, type ProverDeps } from './prover.ts'
import type { SessionKeeper } from './session-keeper.ts'
import type { SyncCommands } from './sync-commands.ts'

/** The station's key: Ed25519 over UTF-8, base64url. */
export type DaySeal = {
  readonly station: number
  readonly kid: number
  readonly sign: (text: string) => string
}

export type StartProver = ProverDeps & {
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly keeper: SessionKeeper
  /** Signs a day with the station's key; without it no day is closed. */
  readonly seal: DaySeal | undefined
  /** True while the cloud answers; whether the ledger is sent whole is seen at the comparison. */
  readonly settled: () => boolean
  /** An op was written that the uplink has to take. */
  readonly onOps: () => void
  readonly onAlarm: (code: 'digest_differs' | 'digest_drifted', about: string) => void
  readonly onFault: (error: unknown) => void
}

export type Prover = {
  /** Proves now; undefined when nothing could be said. A proof under way is joined. */
  prove(why: ProofWhy): Promise<ProofRecord | undefined>
  stop(): Promise<void>
}

const lookEvery = seconds(30)
/** The quietest hour of a station; a node that was off then proves as soon as it can. */
const dailyAt = hours(3)
/** A line that flaps starts no proof at every turn. */
const reconnectGap = hours(1)
/** Both sides hold different ops for as long as somebody writes: a few looks, then later. */
const tries = 3

/** Proves daily and after a reconnect, one proof at a time, and never while ops wait. */
export function startProver(deps: StartProver): Prover {
  const { clock, time, onFault } = deps
  const abort = new AbortController()
  let running: Promise<ProofRecord | undefined> | undefined
  let wasSettled = false
  let reconnected = true
  let lastDaily: DayNumber | undefined
  let lastAt: Instant | undefined
  let cancel = (): void => undefined

  function run(why: ProofWhy): Promise<ProofRecord | undefined> {
    running ??= attempt(deps, abort.signal, why).finally(() => {
      running = undefined
    })
    return running
  }

  function due(): ProofWhy | undefined {
    const { at } = time.now()
    const day = istDay(at)
    if (lastDaily !== day && at - istDayStart(day) >= dailyAt) return 'daily'
    if (!reconnected) return undefined
    return lastAt === undefined || at - lastAt > reconnectGap ? 'reconnect' : undefined
  }

  async function look(): Promise<void> {
    const settled = deps.settled()
    reconnected ||= settled && !wasSettled
    wasSettled = settled
    const why = settled ? due() : undefined
    if (why === undefined) return
    if ((await run(why)) === undefined) return
    lastAt = time.now().at
    reconnected = false
    if (why === 'daily') lastDaily = istDay(lastAt)
  }

  function watch(): void {
    cancel = clock.after('proof', lookEvery, () => {
      look().catch(onFault)
      watch()
    })
  }

  watch()
  return {
    prove: run,
    async stop() {
      cancel()
      abort.abort()
      await running?.catch(() => undefined)
    },
  }
}

async function attempt(
  deps: StartProver,
  signal: AbortSignal,
  why: ProofWhy,
): Promise<ProofRecord | undefined> {
  for (let no = 1; no <= tries && !signal.aborted; no += 1) {
    const session = await deps.keeper.ensure(undefined, signal)
    if (session === undefined) return undefined
    const proof = await prove(deps, { session, signal }, why)
    if (proof.ok) return keep(deps, why, proof.value)
    if (proof.error === 'line') break
  }
  return undefined
}

async function keep(deps: StartProver, why: ProofWhy, findings: Findings): Promise<ProofRecord> {
  const { record, told } = await deps.ledger.run('proof.save', { findings, why })
  const { outcome, drifted, found } = record
  if (told) deps.onOps()
  const about = found.map(({ set, key, mended }) => `${set} ${key}${mended ? ' (mended)' : ''}`)
  if (why === 'daily' && outcome !== 'differs') await closeDays(deps)
  if (outcome !== 'equal') deps.onAlarm('digest_differs', about.join(', '))
  if (drifted > 0) deps.onAlarm('digest_drifted', `${drifted} days`)
  return record
}

/** Signs the days before today, oldest first; one that moved meanwhile waits for the next proof. */
async function closeDays({ ledger, seal, time, onOps }: StartProver): Promise<void> {
  if (seal === undefined) return
  const last = await ledger.run('proof.closed', null)
  const { station, kid } = seal
  for (const day of daysToClose(last, istDay(time.now().at))) {
    const figures = await ledger.run('proof.figures', { day })
    const sig = seal.sign(dayText(station, figures))
    const { closed } = await ledger.run('proof.close', { station, figures, kid, sig })
    if (!closed) return
    onOps()
  }
}
