import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, monoAfter, type Millis, type Mono } from '@baari/shared/units/time'
import type { PipeState } from '../../ports/byte-pipe.ts'
import type { AddressHealth } from '../../ports/bus.ts'
import type { Unsubscribe } from '../../ports/device.ts'
import type { MessageWire } from '../../ports/message-wire.ts'
import type { Pts2Reply } from '../../protocols/pts2/contract.ts'
import { AddressHealths } from '../../transports/address-health.ts'
import { BusQueue, type Queued } from '../../transports/bus-queue.ts'
import { fault } from '../../transports/line-faults.ts'
import type {
  AnswerPacket,
  Answered,
  Asked,
  Asking,
  ControllerLine,
  ControllerStats,
  Question,
} from './controller-port.ts'
import { OpenQuestions } from './open-questions.ts'

export type ControllerLineOptions = {
  readonly wire: MessageWire
  readonly clock: Clock
}

/** A controller that another user holds is asked so often again, this long after. */
const mostBusyAnswers = 8
const busyPauseMs = millis(100)
const mostRetries = 2
const noCounts = {
  questions: 0,
  answers: 0,
  timeouts: 0,
  retries: 0,
  busy: 0,
  preempted: 0,
  overflows: 0,
}

export function createControllerLine(options: ControllerLineOptions): ControllerLine {
  return new JsonPtsLine(options)
}

type Turn = Queued & { readonly go: (turn: 'ours' | 'preempted' | 'closed') => void }
type Job = {
  readonly question: Question
  readonly asking: Asking
  readonly pump: number
  readonly deadline: Mono
  /** Stops of this pump before the job began; one more and the job is overtaken. */
  readonly stopsBefore: number
}

class JsonPtsLine implements ControllerLine {
  readonly name: string
  readonly #wire: MessageWire
  readonly #clock: Clock
  readonly #open: OpenQuestions
  readonly #queue = new BusQueue<Turn>()
  readonly #healths = new AddressHealths()
  readonly #stops = new Map<number, number>()
  readonly #commands = new Map<number, Promise<unknown>>()
  readonly #counts = { ...noCounts }
  #busyLine = false
  #closed = false

  constructor({ wire, clock }: ControllerLineOptions) {
    this.name = wire.name
    this.#wire = wire
    this.#clock = clock
    this.#open = new OpenQuestions(wire, clock)
    wire.onState((state) => {
      if (state === 'open') this.#healths.forgive()
      else this.#open.lost()
    })
  }

  start(): void {
    this.#wire.start()
  }

  async ask(question: Question, asking: Asking): Promise<Result<Asked, Fault>> {
    const pump = question.Data.Pump
    const isStop = asking.priority === 'stop'
    if (isStop) this.#preempt(pump)
    const deadline = monoAfter(this.#clock.mono(), asking.withinMs)
    const stopsBefore = this.#stops.get(pump) ?? 0
    const job = { question, asking, pump, deadline, stopsBefore }
    const refusal = this.#refusal(job)
    if (refusal !== null) return err(refusal)
    this.#counts.questions += 1
    return isStop ? this.#stop(job) : this.#inTurns(job)
  }

  state(): PipeState {
    return this.#wire.state()
  }

  health(pump: number): AddressHealth {
    return this.#healths.of(pump)
  }

  stats(): ControllerStats {
    return { ...this.#counts, ...this.#open.counters() }
  }

  onState(call: (state: PipeState) => void): Unsubscribe {
    return this.#wire.onState(call)
  }

  onUnasked(call: (reply: Pts2Reply, at: Mono) => void): Unsubscribe {
    return this.#open.onUnasked(call)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const turn of this.#queue.remove(() => true)) turn.go('closed')
    this.#open.lost()
    await this.#wire.close()
  }

  #refusal({ pump, asking }: Job): Fault | null {
    if (this.#closed) return fault('bus_closed', this.name, 'the line was stopped')
    if (this.#wire.state() !== 'open') {
      return fault('bus_offline', this.name, 'the controller is not connected')
    }
    const { backOffUntil } = this.#healths.of(pump)
    const held = asking.priority === 'poll' || asking.priority === 'slow'
    return held && backOffUntil !== null && backOffUntil > this.#clock.mono()
      ? fault('bus_offline', this.name, `pump ${pump} is backed off`)
      : null
  }

  /** Commands of this pump that still wait are dropped: none may start gas behind a stop. */
  #preempt(pump: number): void {
    this.#stops.set(pump, (this.#stops.get(pump) ?? 0) + 1)
    const waiting = this.#queue.remove(
      (turn) => turn.priority === 'control' && turn.address === pump,
    )
    for (const turn of waiting) turn.go('preempted')
  }

  async #stop(job: Job): Promise<Result<Asked, Fault>> {
    const overtaken = this.#commands.get(job.pump)
    const first = await this.#attempts(job, (one) => this.#once(one))
    if (overtaken === undefined) return first
    await overtaken
    return this.#attempts(job, (one) => this.#once(one))
  }

  #inTurns(job: Job): Promise<Result<Asked, Fault>> {
    return this.#attempts(job, async (one) => {
      const turn = await this.#turn(one)
      if (turn !== 'ours') return err(this.#turnedAway(turn))
      try {
        return await this.#once(one)
      } finally {
        this.#turnOver()
      }
    })
  }

  #turnedAway(turn: 'preempted' | 'closed' | 'full'): Fault {
    if (turn === 'closed') return fault('bus_closed', this.name, 'the line was stopped')
    if (turn === 'full') return fault('bus_deadline', this.name, 'the queue of the line is full')
    return this.#overtaken()
  }

  #overtaken(): Fault {
    this.#counts.preempted += 1
    return fault('bus_preempted', this.name, 'a stop went first')
  }

  /** Asks until there is an answer that is not busy, within the bounds of the job. */
  async #attempts(
    job: Job,
    once: (job: Job) => Promise<Result<Answered, Fault>>,
  ): Promise<Result<Asked, Fault>> {
    let silent = 0
    let busy = 0
    for (;;) {
      if (this.#clock.mono() >= job.deadline) return err(this.#tooLate(busy))
      const answer = await once(job)
      if (this.#isOvertaken(job)) return err(this.#overtaken())
      if (answer.ok && !isBusy(answer.value.packet)) {
        this.#counts.answers += 1
        this.#healths.answered(job.pump, answer.value.at)
        return ok({ ...answer.value, attempts: 1 + silent })
      }
      if (answer.ok) {
        busy += 1
        this.#counts.busy += 1
        if (busy > mostBusyAnswers) return err(this.#tooLate(busy))
        await this.#pause(busyPauseMs)
        continue
      }
      if (!mayRepeat(answer.error)) return answer
      this.#counts.timeouts += 1
      silent += 1
      if (silent > Math.min(job.asking.retries, mostRetries)) {
        this.#healths.missed(job.pump, this.#clock.mono())
        return answer
      }
      this.#counts.retries += 1
    }
  }

  #isOvertaken({ asking, pump, stopsBefore }: Job): boolean {
    return asking.priority === 'control' && (this.#stops.get(pump) ?? 0) !== stopsBefore
  }

  #tooLate(busy: number): Fault {
    return busy > 0
      ? fault('controller_busy', this.name, `another user held it ${busy} times`)
      : fault('bus_deadline', this.name, 'the deadline passed before an answer')
  }

  async #once(job: Job): Promise<Result<Answered, Fault>> {
    const { question, asking, pump } = job
    const left = millis(Math.max(1, job.deadline - this.#clock.mono()))
    const timeoutMs = millis(Math.min(asking.timeoutMs, left))
    const running = this.#open.ask(question, timeoutMs)
    if (asking.priority !== 'control') return running
    this.#commands.set(pump, running)
    const answer = await running
    if (this.#commands.get(pump) === running) this.#commands.delete(pump)
    return answer
  }

  #turn({ pump, asking }: Job): Promise<'ours' | 'preempted' | 'closed' | 'full'> {
    return new Promise((resolve) => {
      const { priority, active = false } = asking
      const waits = this.#queue.push({ address: pump, priority, active, go: resolve })
      if (!waits) {
        this.#counts.overflows += 1
        resolve('full')
      } else this.#next()
    })
  }

  #next(): void {
    if (this.#busyLine) return
    const turn = this.#queue.take()
    if (turn === undefined) return
    this.#busyLine = true
    turn.go('ours')
  }

  #turnOver(): void {
    this.#busyLine = false
    this.#next()
  }

  #pause(delay: Millis): Promise<void> {
    return new Promise((resolve) => void this.#clock.after('controller-busy', delay, resolve))
  }
}

function isBusy(packet: AnswerPacket): boolean {
  return packet.kind === 'error' && packet.error.retry
}

/** Faults after which the same question may find an answer; a refused login is not tried on. */
function mayRepeat({ code }: Fault): boolean {
  return code === 'bus_timeout' || code === 'port_unavailable'
}
