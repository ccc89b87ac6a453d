import type { Prng } from '@baari/shared/runtime/chance'

<<<<<<< HEAD
/** Chance for jitter only; keys and sessions come from `systemIds`. */
=======
/** Chance for jitter and samples, never for keys or ids. */
>>>>>>> int
export const systemPrng: Prng = { next: () => Math.random() }
