import type { Fills } from './fills.ts'

/** Repositories of the fill log that commands see in their transaction. */
export type FillSlots = { readonly fills: Fills }
