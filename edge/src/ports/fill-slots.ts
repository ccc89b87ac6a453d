/** Repositories of the fill log that commands see in their transaction. */
export type FillSlots = Readonly<Record<never, never>>
