import type { Clock } from '@baari/shared/runtime/clock'
import { mono, type Mono } from '@baari/shared/units/time'

/** Keys remembered at once; beyond that the longest unused bucket is forgotten. */
const mostKeys = 1000

type Bucket = { readonly tokens: number; readonly at: Mono }

export type TryLimit = {
  /** Seconds to wait before the next try, or 0 when this one may go on. */
  take(key: string): number
}

/**
 * Token buckets by key: `burst` tries at once, then `perMinute`. It slows guessing down before the
 * persistent lock of five wrong PINs is reached, and keeps argon2 from being used as a lever.
 */
export function tryLimit(
  clock: Clock,
  { burst, perMinute }: { readonly burst: number; readonly perMinute: number },
): TryLimit {
  const buckets = new Map<string, Bucket>()
  return {
    take(key) {
      const now = clock.mono()
      const old = buckets.get(key) ?? { tokens: burst, at: now }
      const tokens = Math.min(burst, old.tokens + ((now - old.at) * perMinute) / 60_000)
      buckets.delete(key)
      const allowed = tokens >= 1
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: mono(now) })
      const [oldest] = buckets.keys()
      if (buckets.size > mostKeys && oldest !== undefined) buckets.delete(oldest)
      return allowed ? 0 : Math.ceil(((1 - tokens) * 60) / perMinute)
    },
  }
}
