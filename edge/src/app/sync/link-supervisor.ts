import type { Stream, StreamHead } from '@baari/shared/contracts/sync/session'
import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { millis, type Instant } from '@baari/shared/units/time'
import type { UplinkAnswer } from '@baari/shared/contracts/sync/uplink'
import {
  decideUplink,
  startUplink as firstStep,
  type HeadRelation,
  type UplinkEffect,
  type UplinkEvent,
  type UplinkKind,
  type UplinkState,
} from '../../domain/sync/uplink-states.ts'
import type { ExchangeAnswer, ExchangeNo, ReadyRun } from '../../ports/cloud-line.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { StationClock } from '../../ports/station-clock.ts'
import type { OutboxRun } from '../../ports/sync.ts'
import type { TelemetryUplink } from '../../ports/telemetry-uplink.ts'
import { chooseRun } from './next-run.ts'
import { finishReplay, recoverEpoch } from './recover-epoch.ts'
import type { KeeperDeps, SessionKeeper } from './session-keeper.ts'
import { RunAhead } from './run-ahead.ts'
import type { SyncCommands } from './sync-commands.ts'
import { TelemetrySide } from './telemetry-side.ts'
import type { AckOutput } from './uplink-commands.ts'
import { eventOf } from './uplink-events.ts'

export type UplinkAlarm =
  Extract<UplinkEffect, { kind: 'alarm' }>['code'] | 'unsent_too_old' | 'telemetry_forked'

export type UplinkDeps = KeeperDeps & {
  readonly ledger: Pick<Ledger<SyncCommands>, 'run' | 'onCommit'>
  readonly keeper: SessionKeeper
  readonly clock: Clock
  readonly time: StationClock
  /** The telemetry stream's outbox; the ledger's streams go on without it. */
  readonly telemetry?: TelemetryUplink
  readonly prng: Prng
  /** Most ops of a batch, below the contract's bound: a simulated backlog is to be several. */
  readonly batchOpsMax?: number
  readonly onAlarm: (code: UplinkAlarm) => void
  /** A bug or a ledger that failed; the loop goes on by its timer. */
  readonly onFault: (error: unknown) => void
}

export type UplinkStatus = {
  readonly state: UplinkKind
  /** Station time of the last answer the cloud gave to anything. */
  readonly lastExchange: Instant | null
  readonly unsentOps: number
}

export type Uplink = {
  status(): UplinkStatus
  /** The link came back, a person opens what only a person may open, or sync itself wrote an op. */
  tell(event: 'link_up' | 'operator' | 'new_op'): void
  stop(): Promise<void>
}

/** An op the cloud lacks for longer than this, while it answers all the time, is told to a person. */
const unsentAlarmMs = 300_000

/**
 * Runs the uplink's state table against the real link. One exchange is under way at a time, and of a
 * backlog the batch that follows it; events are taken one by one; the retry timer lives by itself and waits for no write.
 */
export class LinkSupervisor implements Uplink {
  private readonly deps: UplinkDeps
  private readonly abort = new AbortController()
  private state: UplinkState = firstStep.state
  private cancelTimer: () => void = () => undefined
  private running: Promise<void> = Promise.resolve()
  private lastExchange: Instant | null = null
  private unsentOps = 0
  private oldestUnsent: Instant | null = null
  /** Since when the cloud answers without a break. */
  private hearingSince: Instant | null = null
  /** A commit came while a batch was under way, or while the outbox was looked at. */
  private dirty = false
  private looking = false
  private turn = 0
  private sentStream: Stream = 'ledger'
  private sessionHeads: readonly StreamHead[] | undefined
  private cloudEpoch: string | null | undefined
  private readonly stopListening: () => void
  private readonly telemetry: TelemetrySide
  private readonly ahead: RunAhead

  constructor(deps: UplinkDeps, fenced: boolean) {
    this.deps = deps
    this.telemetry = new TelemetrySide({
      telemetry: deps.telemetry,
      onFault: deps.onFault,
      onForked: () => deps.onAlarm('telemetry_forked'),
    })
    this.ahead = new RunAhead(deps)
    this.stopListening = deps.ledger.onCommit((names) => this.committed(names))
    if (fenced) this.state = { kind: 'fenced', carried: firstStep.state.carried }
    else this.perform(firstStep.effects)
  }

  status(): UplinkStatus {
    return {
      state: this.state.kind,
      lastExchange: this.lastExchange,
      unsentOps: this.unsentOps,
    }
  }

  tell(event: 'link_up' | 'operator' | 'new_op'): void {
    if (event === 'new_op') this.dirty = true
    this.take({ kind: event })
  }

  async stop(): Promise<void> {
    this.stopListening()
    this.cancelTimer()
    this.abort.abort()
    await this.running
  }

  private committed(names: readonly string[]): void {
    if (names.every(isOwnCommand)) return
    this.dirty = true
    if (this.state.kind === 'idle') this.look()
    else this.take({ kind: 'new_op' })
  }

  /**
   * A commit need not bring an op: the checkpoints of a fill come several times a second and bring
   * none. Only what waits is a reason to ask the cloud before the next heartbeat.
   */
  private look(): void {
    if (this.looking || this.abort.signal.aborted) return
    this.looking = true
    this.dirty = false
    this.deps.ledger
      .run('uplink.waits', null)
      .then((waits) => {
        if (waits && this.state.kind === 'idle') this.take({ kind: 'new_op' })
      }, this.deps.onFault)
      .finally(() => {
        this.looking = false
        if (this.dirty && this.state.kind === 'idle') this.look()
      })
  }

  private take(event: UplinkEvent): void {
    if (this.abort.signal.aborted) return
    const { state, effects } = decideUplink(this.state, event)
    this.state = state
    this.perform(effects)
    // What was written while the last batch was under way is sent now, not at the next heartbeat.
    if (state.kind === 'idle' && event.kind === 'acked' && this.dirty) this.look()
  }

  private perform(effects: readonly UplinkEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'wait') this.wait(effect)
      else if (effect.kind === 'alarm') this.deps.onAlarm(effect.code)
      else this.enqueue(effect)
    }
  }

  /** A new wait replaces the old one: at most one timer is pending. */
  private wait({ floorMs, jitterMs }: Extract<UplinkEffect, { kind: 'wait' }>): void {
    this.cancelTimer()
    const delay = millis(Math.round(floorMs + this.deps.prng.next() * jitterMs))
    this.cancelTimer = this.deps.clock.after('uplink', delay, () => this.take({ kind: 'timer' }))
  }

  private enqueue(effect: UplinkEffect): void {
    this.running = this.running
      .then(() => this.carryOut(effect))
      .catch((error: unknown) => {
        if (this.abort.signal.aborted) return
        this.deps.onFault(error)
        this.take({ kind: 'failed' })
      })
  }

  private async carryOut(effect: UplinkEffect): Promise<void> {
    if (this.abort.signal.aborted) return
    switch (effect.kind) {
      case 'open-session':
        return this.openSession()
      case 'compare-heads':
        return this.compareHeads()
      case 'send':
        return this.send(Math.min(effect.ops, this.deps.batchOpsMax ?? effect.ops))
      case 'rewind':
        return this.rewind(effect.to)
      case 'recover':
        return this.recover()
      case 'remember-fenced':
        await this.deps.ledger.run('epoch.fenced', { fenced: effect.fenced })
        return
      case 'wait':
      case 'alarm':
        return
    }
  }

  private async openSession(): Promise<void> {
    this.cancelTimer()
    // What a full disk left on the stage: nothing else would ask for it before a restart.
    await finishReplay(this.deps.ledger)
    const answer = await this.deps.keeper.renew(this.abort.signal)
    if (!answer.ok) return this.failed(answer.no)
    this.heard()
    this.sessionHeads = answer.value.heads
    this.take({ kind: 'session_opened' })
  }

  private async compareHeads(): Promise<void> {
    const heads = this.sessionHeads ?? (await this.fetchHeads())
    this.sessionHeads = undefined
    if (heads === undefined) return
    const { relation: ofLedger } = await this.deps.ledger.run('uplink.compare', { heads })
    const relation = worse(ofLedger, await this.telemetry.compare(heads))
    if (relation === 'cloud_ahead') {
      this.cloudEpoch = (await this.deps.ledger.run('epoch.read', null)).epoch
    }
    this.take({ kind: 'compared', relation })
  }

  private async fetchHeads(): Promise<readonly StreamHead[] | undefined> {
    const session = this.deps.keeper.current()
    if (session === undefined) {
      this.take({ kind: 'unauthorised' })
      return undefined
    }
    const answer = await this.deps.line.readHeads({ session, signal: this.abort.signal })
    if (answer.ok) return answer.value
    this.failed(answer.no)
    return undefined
  }

  private async send(ops: number): Promise<void> {
    this.cancelTimer()
    const session = this.deps.keeper.current()
    if (session === undefined) return this.take({ kind: 'unauthorised' })
    this.dirty = false
    this.turn += 1
    const { telemetry, ahead } = this
    const { ledger, line, time } = this.deps
    const ask = { ops, turn: this.turn }
    const choice = await chooseRun({ ledger, telemetry, ahead }, ask)
    const { run, unsentOps, oldestUnsent } = choice
    this.unsentOps = unsentOps
    this.oldestUnsent = oldestUnsent
    // Without its acked op the outbox cannot prove where it continues.
    if (run === null) return this.take({ kind: 'fork' })
    this.sentStream = run.stream
    const { signal } = this.abort
    const send = (one: ReadyRun): Promise<ExchangeAnswer<UplinkAnswer>> => {
      const waiting = {
        ops: Math.max(0, unsentOps - (one.first - run.first)),
        oldest: oldestUnsent,
      }
      return line.sendRun({ session, run: one, sentAt: time.now().at, waiting, signal })
    }
    // Ready before it is sent, so that the one that follows cannot go out before it.
    const ready = choice.sent === undefined ? ((await line.makeReady?.(run)) ?? run) : run
    const sent = choice.sent ?? send(ready)
    let refused = false
    ahead.follow(run, { ops, send, wanted: () => !refused })
    const early = await sent
    // A run that went out before its turn may have met a cloud that was not there yet.
    const answer = early.ok || choice.sent === undefined ? early : await send(ready)
    refused = !answer.ok
    if (!answer.ok) return this.failed(answer.no, run)
    this.heard()
    const { forked, more } = await this.markAcked(run, answer.value)
    this.take(forked ? { kind: 'fork' } : { kind: 'acked', more })
  }

  private async markAcked(
    { epoch, stream, first }: OutboxRun,
    { ack, chain, results }: UplinkAnswer,
  ): Promise<AckOutput> {
    if (stream === 'telemetry') {
      const more = await this.telemetry.acked({ epoch, seq: ack, chain })
      return { forked: false, more: more || this.unsentOps > 0 }
    }
    const acked = await this.deps.ledger.run('uplink.acked', {
      epoch,
      stream,
      ack,
      chain,
      results: results.map(({ s, verdict, code, rev }) => ({ seq: s, verdict, code, rev })),
    })
    this.unsentOps = Math.max(0, this.unsentOps - (ack - first + 1))
    // Whether readings wait is known to their own file; the next choice asks it.
    const more = acked.more || (this.deps.telemetry !== undefined && ack >= first)
    return { forked: acked.forked, more }
  }

  /** A cloud that asks for what it has acknowledged was put back; a new session tells it so. */
  private async rewind(to: number): Promise<void> {
    const stream = this.sentStream
    // A cut segment is sent whole until it is acked: the cloud takes of it what it lacks.
    if (stream === 'telemetry') return
    const { acked } = await this.deps.ledger.run('epoch.read', null)
    const had = acked.find((head) => head.stream === stream)?.seq ?? 0
    if (to <= had) await this.deps.keeper.renew(this.abort.signal)
    await this.deps.ledger.run('uplink.rewind', { stream, to })
  }

  private async recover(): Promise<void> {
    const { signal } = this.abort
    const now = (): Instant => this.deps.time.now().at
    const recovery = await recoverEpoch({ ...this.deps, signal, now }, this.cloudEpoch ?? null)
    if (recovery.kind === 'no') return this.failed(recovery.no)
    this.take(recovery.kind === 'fork' ? { kind: 'fork' } : { kind: 'recovered' })
  }

  private failed(no: ExchangeNo, sent?: OutboxRun): void {
    const isFork = no.kind === 'conflict' && no.body.error === 'fork'
    if (isFork && sent?.stream === 'telemetry') {
      // Readings with two histories stop their own stream; the ledger's goes on.
      this.heard()
      this.telemetry.fork(sent.epoch)
      return this.take({ kind: 'acked', more: true })
    }
    if (no.kind === 'failed') this.hearingSince = null
    else this.heard()
    if (no.kind === 'conflict' && no.body.error === 'epoch') this.cloudEpoch = no.body.current
    this.take(eventOf(no))
  }

  private heard(): void {
    const { at } = this.deps.time.now()
    this.lastExchange = at
    this.hearingSince ??= at
    const since = Math.max(this.hearingSince, this.oldestUnsent ?? at)
    if (at - since <= unsentAlarmMs) return
    this.hearingSince = at
    this.deps.onAlarm('unsent_too_old')
  }
}

/** From harmless to worst, as the heads of all streams are judged together. */
const relations: readonly HeadRelation[] = ['equal', 'cloud_behind', 'cloud_ahead', 'chain_differs']

function worse(a: HeadRelation, b: HeadRelation): HeadRelation {
  return relations[Math.max(relations.indexOf(a), relations.indexOf(b))] ?? a
}

/** Sync's own bookkeeping is no news to send. */
function isOwnCommand(name: string): boolean {
  return /^(uplink|epoch|rollback|time|follow|proof)\.|^state\.flush$/.test(name)
}

/** Starts the uplink; a node that was fenced stays so over a restart. */
export async function startUplink(deps: UplinkDeps): Promise<Uplink> {
  await finishReplay(deps.ledger)
  const { fenced } = await deps.ledger.run('epoch.read', null)
  return new LinkSupervisor(deps, fenced)
}
