import type { Clock } from '@baari/shared/runtime/clock'
import { instant, mono, type Mono } from '@baari/shared/units/time'
import type { DispenserStatus } from '../ports/dispenser.ts'
import type { Quality, Reading } from '../ports/reading.ts'
import { plausibleStep, type LiveFrame, type MeterLimits, type Step } from './live-frame.ts'

/** A status older than this is stale, whatever the number of missed polls. */
const staleMs = 2_000
const missedPollsToStale = 3

type Kept = { readonly frame: LiveFrame; readonly atMs: number; readonly quality: Quality }

/**
 * The latest believed status of a device with its trust. A counter that jumps is not believed
 * before a second frame agrees; until then the status is uncertain and moves nothing.
 */
export class LiveWatch {
  readonly #clock: Clock
  readonly #limits: MeterLimits
  readonly #source: string
  #latest: Kept | null = null
  #good: Kept | null = null
  #believed: Step | null = null
  #suspect: Step | null = null
  #missed = 0

  constructor(clock: Clock, source: string, limits: MeterLimits) {
    this.#clock = clock
    this.#source = source
    this.#limits = limits
  }

  get missed(): number {
    return this.#missed
  }

  get latest(): LiveFrame | null {
    return this.#latest?.frame ?? null
  }

  /** Takes a frame; false when it is not to be believed yet and nothing may follow from it. */
  accept(frame: LiveFrame): boolean {
    this.#missed = 0
    const believable = this.#believe(frame)
    const kept = { frame, atMs: this.#clock.now(), quality: qualityOf(frame, believable) }
    this.#latest = kept
    if (kept.quality === 'good') this.#good = kept
    return believable && kept.quality !== 'bad'
  }

  miss(): void {
    this.#missed += 1
  }

  reading(): Reading<DispenserStatus> {
    const now = this.#clock.mono()
    const latest = this.#latest
    const at = latest?.frame.at ?? mono(now)
    const stale = latest === null || now - at > staleMs || this.#missed >= missedPollsToStale
    const quality = stale ? 'stale' : latest.quality
    const usable = quality === 'good' || quality === 'uncertain'
    return {
      value: usable && latest !== null ? latest.frame.status : null,
      quality,
      at: instant(latest?.atMs ?? this.#clock.now()),
      mono: at,
      source: this.#source,
      ...(latest === null ? {} : { raw: latest.frame.rawHex }),
      ...this.#lastGood(),
    }
  }

  #lastGood(): Pick<Reading<DispenserStatus>, 'lastGood'> {
    const good = this.#good
    if (good === null) return {}
    const at: Mono = good.frame.at
    return { lastGood: { value: good.frame.status, at: instant(good.atMs), mono: at } }
  }

  #believe(frame: LiveFrame): boolean {
    const seen = frame.status.totaliserGrams
    if (seen === null) return frame.problem !== 'unreadable-number'
    const step = { grams: seen, at: frame.at }
    const from = this.#suspect ?? this.#believed
    const plausible = this.#believed === null || plausibleStep(this.#believed, step, this.#limits)
    const confirmed =
      this.#suspect !== null && from !== null && plausibleStep(from, step, this.#limits)
    if (plausible || confirmed) {
      this.#believed = step
      this.#suspect = null
      return true
    }
    this.#suspect = step
    return false
  }
}

function qualityOf(frame: LiveFrame, believable: boolean): Quality {
  if (frame.problem === 'unreadable-number' || frame.problem === 'implausible-check') return 'bad'
  const clean = believable && frame.attempts === 1 && frame.problem === null
  return clean ? 'good' : 'uncertain'
}
