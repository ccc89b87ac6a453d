import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { before, millis, mono, monoAfter, monoElapsed, type Mono } from '@baari/shared/units/time'
import type { BytePipe, PipeState } from '../ports/byte-pipe.ts'
import type { AddressHealth, Bus, BusStats, Codec, Exchange, Exchanged } from '../ports/bus.ts'
import type { RaisedFault, Unsubscribe } from '../ports/device.ts'
import { AddressHealths } from './address-health.ts'
import { BusLine, type LineEvent, type Outcome } from './bus-line.ts'
import { BusQueue, type Queued } from './bus-queue.ts'
import {
  emptyBusStats,
  lineEventCounter,
  raisingEvents,
  type MutableBusStats,
} from './bus-stats.ts'
import { LineAlarms } from './line-alarms.ts'
import { fault } from './line-faults.ts'
import type { LineTiming } from './line-timing.ts'
import { timerWait, type LineWait } from './system-clock.ts'

export type BusOptions<Request, Reply> = {
  readonly name: string
  readonly pipe: BytePipe
  readonly codec: Codec<Request, Reply>
  readonly clock: Clock
  readonly timing: LineTiming
  /** Exact waiting for the silent gap; timers alone when absent. */
  readonly wait?: LineWait
  readonly echo?: 'strip' | 'none'
}

type Answer<Request, Reply> = Result<Exchanged<Request, Reply>, Fault>

type Job<Request, Reply> = Queued & {
  readonly exchange: Exchange<Request>
  readonly resolve: (answer: Answer<Request, Reply>) => void
  attempts: number
  /** Written in a volley: what remains is to have it acknowledged. */
  shouted: boolean
}

/** A line that is not silent for so long is stuck; the attempt ends, no device is blamed (S14). */
const silenceLimitMs = millis(500)
/**
 * A stop is sent after this even on a line that never falls silent: the longest exchange of a line
 * with stops is over by then, 55 ms of line time, 10 ms of the device, and two gaps.
 */
const stopSilenceLimitMs = millis(75)
const highestRetries = 2

export function createBus<Request, Reply>(
  options: BusOptions<Request, Reply>,
): Bus<Request, Reply> {
  return new SerialBus(options)
}

class SerialBus<Request, Reply> implements Bus<Request, Reply> {
  readonly name: string
  readonly #options: BusOptions<Request, Reply>
  readonly #line: BusLine<Request, Reply>
  readonly #queue = new BusQueue<Job<Request, Reply>>()
  readonly #healths = new AddressHealths()
  readonly #stats: MutableBusStats = emptyBusStats()
  readonly #faultCalls = new Set<(fault: RaisedFault) => void>()
  readonly #alarms: LineAlarms
  /** When the line was lost, or was not yet open. */
  #downSince: Mono
  #current: Job<Request, Reply> | null = null
  #closed = false
  #gathering = false
  /** Address for which the line is held; null when it is free for all. */
  #held: number | null = null
  #cancelHold: () => void = () => undefined

  constructor(options: BusOptions<Request, Reply>) {
    this.name = options.name
    this.#options = options
    const { pipe, codec, clock, timing } = options
    this.#downSince = clock.mono()
    this.#alarms = new LineAlarms(clock, (raised) => {
      for (const call of this.#faultCalls) call(raised)
    })
    this.#line = new BusLine({
      pipe,
      codec,
      clock,
      timing,
      wait: options.wait ?? timerWait(clock),
      echo: options.echo ?? 'none',
      onEvent: (event) => this.#lineEvent(event),
      onNoise: (bytes) => {
        this.#stats.noiseBytes += bytes
      },
      onIdle: () => this.#pump(),
    })
    pipe.onState((state) => this.#pipeState(state))
  }

  start(): void {
    this.#options.pipe.start()
  }

  exchange(exchange: Exchange<Request>): Promise<Answer<Request, Reply>> {
    return new Promise((resolve) => {
      const address = this.#options.codec.addressOf(exchange.forms[0])
      const { priority, active = false } = exchange
      const job = { address, priority, active, exchange, resolve, attempts: 0, shouted: false }
      const refusal = this.#refusal(job)
      if (refusal !== null) {
        resolve(err(refusal))
        return
      }
      this.#stats.exchanges += 1
      if (priority === 'stop') {
        this.#gatherStops()
        this.#preempt(address)
      }
      this.#stats.queueLongest = Math.max(this.#stats.queueLongest, this.#queue.size)
      this.#pump()
    })
  }

  async allStop(stops: readonly Exchange<Request>[]): Promise<readonly Answer<Request, Reply>[]> {
    const first = await Promise.all(stops.map((stop) => this.exchange(asStop(stop))))
    return Promise.all(
      first.map((answer, index) => {
        const stop = stops[index]
        return answer.ok || stop === undefined ? answer : this.exchange(asStop(stop))
      }),
    )
  }

  state(): PipeState {
    return this.#options.pipe.state()
  }

  health(address: number): AddressHealth {
    return this.#healths.of(address)
  }

  stats(): BusStats {
    return { ...this.#stats }
  }

  onState(call: (state: PipeState) => void): Unsubscribe {
    return this.#options.pipe.onState(call)
  }

  onFault(call: (fault: RaisedFault) => void): Unsubscribe {
    this.#faultCalls.add(call)
    return () => void this.#faultCalls.delete(call)
  }

  faults(): readonly RaisedFault[] {
    const { pipe, clock } = this.#options
    const down = this.#closed ? null : pipe.fault()
    if (down === null) return this.#alarms.all()
    const raisedMono = this.#downSince
    // The monotonic clock counts parts of a millisecond, wall time does not.
    const ago = millis(Math.round(monoElapsed(raisedMono, clock.mono())))
    const raisedAt = before(clock.now(), ago)
    return [{ fault: down, raisedAt, raisedMono }, ...this.#alarms.all()]
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#failAll(fault('bus_closed', this.name, 'the bus was stopped'))
    this.#release()
    this.#line.lost()
    await this.#options.pipe.close()
  }

  /** Why the job cannot even wait; null when it now waits in the queue. */
  #refusal(job: Job<Request, Reply>): Fault | null {
    if (this.#closed) return fault('bus_closed', this.name, 'the bus was stopped')
    const { pipe, clock } = this.#options
    if (pipe.state() !== 'open') {
      return pipe.fault() ?? fault('bus_offline', this.name, 'the line is not open')
    }
    const { backOffUntil } = this.#healths.of(job.address)
    const held = job.priority === 'poll' || job.priority === 'slow'
    if (held && backOffUntil !== null && backOffUntil > clock.mono()) {
      return fault('bus_offline', this.name, `address ${job.address} is backed off`)
    }
    if (this.#queue.push(job)) return null
    this.#stats.overflows += 1
    return fault('bus_deadline', this.name, 'the queue of the line is full')
  }

  /** A stop goes before everything, and no command may start gas behind it at the same device. */
  #preempt(address: number): void {
    const dropped = this.#queue.remove(
      (job) => job.priority === 'control' && job.address === address,
    )
    for (const job of dropped) this.#preempted(job)
    if (this.#current?.priority !== 'stop') this.#line.interrupt()
  }

  #preempted(job: Job<Request, Reply>): void {
    this.#stats.preempted += 1
    job.resolve(err(fault('bus_preempted', this.name, 'a stop went first')))
  }

  /** Stops of one turn go out together: the first waits for the others until the turn is over. */
  #gatherStops(): void {
    if (!this.#options.codec.stopsBackToBack || this.#gathering) return
    this.#gathering = true
    queueMicrotask(() => {
      this.#gathering = false
      this.#pump()
    })
  }

  /** Several stops are written at once; each is then sent again as an exchange of its own. */
  #shoutStops(): void {
    const { codec, clock } = this.#options
    if (!codec.stopsBackToBack) return
    const stops = this.#queue.remove((job) => job.priority === 'stop' && !job.shouted)
    for (const job of stops) {
      job.shouted = stops.length > 1
      this.#queue.push(job)
    }
    if (stops.length < 2) return
    const requests = stops.map(({ exchange }) => exchange.forms[0])
    this.#line.shout(requests, monoAfter(clock.mono(), stopSilenceLimitMs))
  }

  #pump(): void {
    if (this.#gathering) return
    if (this.#line.idle && this.#current === null) this.#shoutStops()
    while (this.#line.idle && this.#current === null) {
      const job = this.#queue.take(this.#held)
      if (job === undefined) return
      const { clock } = this.#options
      if (job.exchange.signal?.aborted === true || job.exchange.deadline <= clock.mono()) {
        job.resolve(err(fault('bus_deadline', this.name, 'the deadline passed in the queue')))
        continue
      }
      this.#begin(job)
    }
  }

  /** The exchange behind this one belongs to it: nobody else is served before it, for a moment. */
  #hold({ address, exchange: { holdMs } }: Job<Request, Reply>): void {
    this.#release()
    if (holdMs === undefined) return
    this.#held = address
    this.#cancelHold = this.#options.clock.after('bus-hold', holdMs, () => {
      this.#release()
      this.#pump()
    })
  }

  #release(): void {
    this.#held = null
    this.#cancelHold()
  }

  #begin(job: Job<Request, Reply>): void {
    const { forms, timeoutMs, deadline } = job.exchange
    const isStop = job.priority === 'stop'
    // A stop goes out whatever may still come: its success is read from the state afterwards.
    const index = this.#line.choose(forms, job.attempts > 0 || job.shouted) ?? (isStop ? 0 : null)
    const request = index === null ? undefined : forms[index]
    if (request === undefined) {
      const hint = `address ${job.address}: an earlier reply may still come`
      job.resolve(err(fault('bus_timeout', this.name, hint)))
      return
    }
    job.attempts += 1
    this.#current = job
    const now = this.#options.clock.mono()
    const limit = isStop ? monoAfter(now, stopSilenceLimitMs) : monoAfter(now, silenceLimitMs)
    const silentBy = mono(Math.min(limit, deadline))
    this.#line.begin({ request, timeoutMs, silentBy, isStop }, (outcome) => {
      this.#current = null
      this.#ended({ job, request }, outcome)
    })
  }

  #ended(
    { job, request }: { readonly job: Job<Request, Reply>; readonly request: Request },
    outcome: Outcome<Reply>,
  ): void {
    switch (outcome.kind) {
      case 'reply': {
        const { reply, raw, at } = outcome
        if (raw.length > 0) {
          this.#stats.replies += 1
          this.#healths.answered(job.address, at)
        }
        this.#hold(job)
        job.resolve(ok({ request, reply, raw, attempts: job.attempts, at }))
        return
      }
      case 'timeout':
      case 'damaged':
        if (outcome.kind === 'timeout') this.#stats.timeouts += 1
        this.#retryOrFail(job, outcome.kind)
        return
      case 'preempted':
        // A read may be asked again; a command must not come after the stop.
        if (job.priority === 'control') this.#preempted(job)
        else {
          job.attempts -= 1
          this.#queue.putBack(job)
        }
        return
      case 'line-busy':
        this.#stats.lineBusy += 1
        this.#alarms.see(fault('line_busy', this.name, 'the line never falls silent'))
        job.resolve(err(fault('bus_timeout', this.name, 'the line never fell silent')))
        return
      case 'line-down':
        job.resolve(err(fault('bus_offline', this.name, 'the line was lost')))
    }
  }

  #retryOrFail(job: Job<Request, Reply>, why: 'timeout' | 'damaged'): void {
    const { retries, deadline, signal } = job.exchange
    const now = this.#options.clock.mono()
    const mayRetry = job.attempts <= Math.min(retries, highestRetries)
    if (mayRetry && now < deadline && signal?.aborted !== true && !this.#closed) {
      this.#stats.retries += 1
      this.#queue.putBack(job)
      return
    }
    this.#healths.missed(job.address, now)
    const hint =
      why === 'timeout'
        ? `address ${job.address} did not answer in ${job.attempts} attempts`
        : `address ${job.address} answered garbage: check baud rate and parity`
    job.resolve(err(fault('bus_timeout', this.name, hint)))
  }

  #pipeState(state: PipeState): void {
    if (state === 'open') {
      this.#healths.forgive()
      return
    }
    this.#downSince = this.#options.clock.mono()
    this.#failAll(
      this.#options.pipe.fault() ?? fault('bus_offline', this.name, 'the line was lost'),
    )
    this.#line.lost()
  }

  #failAll(reason: Fault): void {
    for (const job of this.#queue.remove(() => true)) job.resolve(err(reason))
  }

  #lineEvent(event: LineEvent): void {
    this.#stats[lineEventCounter[event]] += 1
    const alarm = raisingEvents[event]
    if (alarm !== undefined) this.#alarms.see(fault(alarm.code, this.name, alarm.hint))
  }
}

function asStop<Request>(exchange: Exchange<Request>): Exchange<Request> {
  return { ...exchange, priority: 'stop' }
}
