import type { SyncStores } from './sync.ts'

/** Repositories of uplink and shape follower that commands see in their transaction. */
export type SyncSlots = { readonly sync: SyncStores }
