import type { Clock } from '@baari/shared/runtime/clock'
import type { DigestLogin } from '../protocols/http-digest/digest.ts'
import type { ModelLimits } from './dispenser-model.ts'
import type { TcpService } from './serve-on-tcp.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

/** Keys of one entry in the station file, besides those that say where it stands. */
export type StationFileKeys = Readonly<Record<string, unknown>>

/** Simulated heads of one protocol: the model of `dispenser-model.ts` behind its bytes. */
export type HeadFamily = {
  /** Name of the driver in the station file. */
  readonly driver: string
  /** What differs from the usual model, such as the step of its counters. */
  readonly limits: Partial<ModelLimits>
  /** Heads that one line can tell apart. */
  readonly headsPerLine: number
  /** Address on its line of the head at the n-th position, from 1. */
  addressOf(position: number): number
  /** Offers the heads of one line on loopback. */
  serve(options: {
    readonly heads: readonly SimulatedDispenser[]
    /** 0 lets the system choose. */
    readonly port: number
    readonly clock: Clock
    /** Who may ask, where the protocol has logins. */
    readonly login: DigestLogin
  }): Promise<TcpService>
  /** How a station file names such heads: settings of the line, and of the head at a position. */
  readonly stationFile: {
    readonly bus: StationFileKeys
    dispenser(position: number): StationFileKeys
  }
}
