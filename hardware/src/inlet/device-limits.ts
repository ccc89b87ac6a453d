import { millis, type Millis, type Mono } from '@baari/shared/units/time'

export type RateLimit = { readonly perSecond: number; readonly burst: number }

type Bucket = { readonly tokens: number; readonly at: Mono }

/** Clients whose state is kept; the one that spoke longest ago is forgotten first. */
const mostClients = 4_096

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > mostClients && oldest !== undefined) map.delete(oldest)
}

/** A token bucket per device, so that one that floods delays itself alone (B03). */
export class DeviceRates {
  readonly #limit: RateLimit
  readonly #buckets = new Map<string, Bucket>()

  constructor(limit: RateLimit) {
    this.#limit = limit
  }

  /** Takes a token if there is one; a message that may be lost is dropped otherwise. */
  tryTake(device: string, now: Mono): boolean {
    const tokens = this.#tokens(device, now)
    if (tokens < 1) return false
    remember(this.#buckets, device, { tokens: tokens - 1, at: now })
    return true
  }

  /** Takes a token of the future when there is none now; answers how long to wait for it. */
  takeLater(device: string, now: Mono): Millis {
    const tokens = this.#tokens(device, now) - 1
    remember(this.#buckets, device, { tokens, at: now })
    return millis(tokens >= 0 ? 0 : Math.ceil((-tokens * 1000) / this.#limit.perSecond))
  }

  #tokens(device: string, now: Mono): number {
    const { perSecond, burst } = this.#limit
    const bucket = this.#buckets.get(device)
    if (bucket === undefined) return burst
    return Math.min(burst, bucket.tokens + ((now - bucket.at) * perSecond) / 1000)
  }
}

const mostMistakes = 10
const mistakesWithinMs = 60_000
const quarantineMs = 60_000

/** A device that sends ten bad messages in a minute is not listened to for the next one (B04). */
export class Quarantine {
  readonly #mistakes = new Map<string, readonly Mono[]>()
  readonly #until = new Map<string, Mono>()

  holds(client: string, now: Mono): boolean {
    return (this.#until.get(client) ?? now) > now
  }

  /** Counts a bad message; true when it is the one that sends the device into quarantine. */
  mistake(client: string, now: Mono): boolean {
    const recent = (this.#mistakes.get(client) ?? []).filter((at) => now - at < mistakesWithinMs)
    const all = [...recent, now]
    if (all.length < mostMistakes) {
      remember(this.#mistakes, client, all)
      return false
    }
    this.#mistakes.delete(client)
    remember(this.#until, client, (now + quarantineMs) as Mono)
    return true
  }
}
