import type { ExchangeAnswer, ExchangeNo } from '@baari/edge/ports/cloud-line'
import { between, happens } from './chance.ts'
import { CrashBeforeCommit, type SimCloud } from './sim-cloud.ts'
import type { WorldParts } from './world-parts.ts'

export type Call<T> = {
  readonly what: string
  /** What the cloud does with the request; every arrival of it is one call. */
  readonly serve: () => Promise<ExchangeAnswer<T>>
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

export type ProcessWire = Pick<Wire, 'exchange' | 'later' | 'isDead' | 'onUp'>

const deadAfterMs = 300_000

type Ends = { readonly alive: () => boolean; readonly connected: () => boolean }

const failed = (reason: string): { readonly ok: false; readonly no: ExchangeNo } => ({
  ok: false,
  no: { kind: 'failed', reason },
})

/**
 * The way between one station and the cloud. It loses, doubles, delays and cuts what it carries,
 * and there are hours in which it carries nothing.
 */
export class Wire {
  #up = true
  #downSince = 0
  readonly #awaited = new Set<() => void>()
  readonly #parts: WorldParts
  readonly #cloud: SimCloud
  readonly #name: string
  readonly #prng

  constructor(parts: WorldParts, { cloud, name }: { cloud: SimCloud; name: string }) {
    this.#parts = parts
    this.#cloud = cloud
    this.#name = name
    this.#prng = parts.prng(`wire ${name}`)
  }

  get up(): boolean {
    return this.#up
  }

  set up(up: boolean) {
    if (this.#up && !up) this.#downSince = this.#parts.timeline.now()
    this.#up = up
    if (!up) return
    const awaited = [...this.#awaited]
    this.#awaited.clear()
    for (const call of awaited) call()
  }

  /** Down for so long that another try is the same as the last one. */
  isDead(): boolean {
    return !this.#up && this.#parts.timeline.now() - this.#downSince > deadAfterMs
  }

  /** Calls once when the line is up again. */
  onUp(call: () => void): void {
    this.#awaited.add(call)
  }

  /** The wire as one process has it: what a dead process would ask is never asked. */
  of({ alive, connected }: Ends): ProcessWire {
    return {
      exchange: (call) => {
        if (!alive()) return new Promise(() => undefined)
        return connected() ? this.exchange(call) : this.#noCable()
      },
      later: (what, delayMs, call) => this.later(what, delayMs, call),
      isDead: () => this.isDead(),
      onUp: (call) => this.onUp(call),
    }
  }

  #noCable<T>(): Promise<ExchangeAnswer<T>> {
    return new Promise((resolve) => {
      this.later('no cable', 50, () => resolve(failed('no cable')))
    })
  }

  /** A wait at the cloud's side of this wire. */
  later(what: string, delayMs: number, call: () => void): () => void {
    return this.#parts.timeline.after(`${this.#name} ${what}`, delayMs, call)
  }

  /** One exchange; settles once, at its deadline at the latest. */
  exchange<T>({ what, serve, deadlineMs, signal }: Call<T>): Promise<ExchangeAnswer<T>> {
    const { timeline } = this.#parts
    return new Promise((resolve) => {
      let open = true
      const settle = (answer: ExchangeAnswer<T>): void => {
        if (!open) return
        open = false
        cancelDeadline()
        signal.removeEventListener('abort', aborted)
        resolve(answer)
      }
      const aborted = (): void => settle(failed('aborted'))
      const cancelDeadline = timeline.after(`${this.#name} deadline`, deadlineMs, () =>
        settle(failed('no answer')),
      )
      signal.addEventListener('abort', aborted)
      if (signal.aborted) return aborted()
      this.#send({ what, serve }, settle)
    })
  }

  #send<T>(
    { what, serve }: Pick<Call<T>, 'what' | 'serve'>,
    settle: (answer: ExchangeAnswer<T>) => void,
  ): void {
    const { timeline, faults } = this.#parts
    const plan = faults()
    const prng = this.#prng
    const there = between(prng, 5, 60)
    const refusal = this.#refusal()
    const lost = happens(prng, plan.lostRequest)
    const again = happens(prng, plan.doubledRequest)
    const late = happens(prng, plan.lateRequest)
    if (again)
      this.#arrive({ what, serve, inMs: there + between(prng, 1, 20_000) }, () => undefined)
    if (late) this.#arrive({ what, serve, inMs: between(prng, 60_000, 7_200_000) }, () => undefined)
    if (lost) return
    if (!this.up) {
      // Half of the dead lines say so at once, the other half only fall silent.
      if (prng.next() < 0.5)
        timeline.after(`${this.#name} no route`, 50, () => settle(failed('no route')))
      return
    }
    if (refusal !== undefined) {
      timeline.after(`${this.#name} refused`, there, () => settle({ ok: false, no: refusal }))
      return
    }
    this.#arrive({ what, serve, inMs: there }, settle)
  }

  /** What the door says before it looks at anything. */
  #refusal(): ExchangeNo | undefined {
    const plan = this.#parts.faults()
    const prng = this.#prng
    if (happens(prng, plan.busyAnswer))
      return { kind: 'busy', retryAfterMs: between(prng, 1, 6) * 1_000 }
    if (happens(prng, plan.signedOut)) return { kind: 'unauthorised' }
    if (happens(prng, plan.cutBody)) return { kind: 'failed', reason: 'the body was cut' }
    return undefined
  }

  #arrive<T>(
    { what, serve, inMs }: Pick<Call<T>, 'what' | 'serve'> & { readonly inMs: number },
    settle: (answer: ExchangeAnswer<T>) => void,
  ): void {
    const { timeline } = this.#parts
    timeline.after(`${this.#name} ${what}`, inMs, () => {
      if (!this.#cloud.up) return settle(failed('connection refused'))
      void this.#serve(serve, settle)
    })
  }

  async #serve<T>(
    serve: () => Promise<ExchangeAnswer<T>>,
    settle: (answer: ExchangeAnswer<T>) => void,
  ): Promise<void> {
    const { timeline, faults, violation } = this.#parts
    const { life } = this.#cloud
    let answer: ExchangeAnswer<T>
    try {
      answer = await serve()
    } catch (error) {
      if (!(error instanceof CrashBeforeCommit)) {
        violation('the cloud answers every request', String(error))
      }
      answer = failed('the cloud failed')
    }
    if (this.#cloud.life !== life) return
    const plan = faults()
    if (happens(this.#prng, plan.lostAnswer)) return
    const slow = happens(this.#prng, plan.slowAnswer)
    const back = slow ? between(this.#prng, 500, 45_000) : between(this.#prng, 5, 60)
    timeline.after(`${this.#name} answer`, back, () => {
      if (this.up && this.#cloud.life === life) settle(answer)
    })
  }
}
