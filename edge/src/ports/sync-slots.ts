/** Repositories of uplink and shape follower that commands see in their transaction. */
export type SyncSlots = Readonly<Record<never, never>>
