import type { Prng } from '@baari/shared/runtime/chance'

/** Chance for jitter and samples, never for keys or ids. */
export const systemPrng: Prng = { next: () => Math.random() }
