import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Instant } from '@baari/shared/units/time'
import type { RateLimit } from './device-limits.ts'
import type { InletRecord, Topic } from './inlet-record.ts'
import type { InletCertificates } from './secure-door.ts'

export type InletCredentials = {
  readonly client: string
  readonly username: string | null
  readonly password: Uint8Array | null
}

export type InletOptions = {
  readonly host?: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly station: string
  readonly clock: Clock
  /**
   * Resolves when the rows are on disk, and only then are they acknowledged. Must drop rows it
   * already has, by (device, boot, seq, kind): a device sends again what was not acknowledged.
   */
  readonly store: (rows: readonly InletRecord[]) => Promise<void>
  /**
   * Called once for each message when it was read, before it is stored: a gas alarm must not wait
   * for a disk. A redelivered message is told again; `boot` and `seq` unmask it.
   */
  readonly onRecord?: (record: InletRecord) => void
  /** Whether the client is who it says; without it only anonymous clients on loopback come in. */
  readonly authenticate?: (credentials: InletCredentials) => boolean
  /** Whether a client may speak for a device; equality of names when absent (B06). */
  readonly mayPublish?: (client: string, topic: Topic) => boolean
  /** Raised once per cause and minute. */
  readonly onFault?: (fault: Fault) => void
  readonly limits?: Partial<InletLimits>
  /** A second door for devices elsewhere: TLS, each with a certificate of its own (B09). */
  readonly secure?: {
    readonly host: string
    readonly port: number
    readonly certificates: InletCertificates
  }
}

export type InletLimits = {
  readonly rate: RateLimit
  /** Unstored messages above which acknowledgements are withheld. */
  readonly mostUnstored: number
  readonly mostConnections: number
}

export const usualInletLimits: InletLimits = {
  rate: { perSecond: 200, burst: 1_000 },
  mostUnstored: 5_000,
  mostConnections: 256,
}

export type InletCounters = {
  readonly received: number
  readonly stored: number
  readonly quarantined: number
  /** QoS 0 beyond the device's rate. */
  readonly dropped: number
  /** QoS 1 beyond the device's rate. */
  readonly delayed: number
  /** Groups the store refused; their clients were disconnected unacknowledged. */
  readonly failedGroups: number
  readonly disconnected: number
  readonly refusedConnections: number
}

/** A command of the node to a device; never retained (B02). */
export type InletCommand = {
  readonly deviceClass: string
  readonly device: string
  readonly id: string
  readonly expiresAt: Instant
  readonly body: Readonly<Record<string, number | string | boolean>>
}

export type Inlet = {
  readonly port: number
  /** Null when there is no door for certificates. */
  readonly securePort: number | null
  counters(): InletCounters
  /** Messages received and not stored yet. */
  unstored(): number
  /** Hands a command to the broker; the device's `ack` comes as a record. Refused once expired. */
  command(command: InletCommand): Promise<Result<void, Fault>>
  close(): Promise<void>
}
