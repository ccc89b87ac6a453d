import type { Prng } from '@baari/shared/runtime/chance'

/** Chance for jitter only; keys and sessions come from `systemIds`. */
export const systemPrng: Prng = { next: () => Math.random() }
