import type { Verdict } from '@baari/shared/domain/check-in/verdict'

/** What the node counts about itself. Every call is cheap and never throws. */
export type Metrics = {
  scanned(verdict: Verdict): void
  /** One ledger command, from asking to its durable answer. */
  commandTook(command: string, ms: number): void
  commandFailed(command: string): void
  /** A request the doors turned away, by our problem code. */
  turnedAway(code: string): void
  /** An authorise that did not happen, by the interlock or else the code of its refusal. */
  notAuthorised(reason: string): void
  /** Live screens connected now. */
  screens(count: number): void
  /** Screens cut off because they did not keep up. */
  screenDropped(): void
  readingsStored(count: number, ms: number): void
  /** A number read when somebody asks: outbox depth, queue lengths, bus counters. */
  gauge(gauge: Gauge): void
}

export type Gauge = {
  /** Prometheus name with the unit last, such as `baari_outbox_unsent_ops`. */
  readonly name: string
  readonly help: string
  /** A counter only grows within one boot. */
  readonly grows?: boolean
  /** Label of the values, such as `bus`; absent for a single value. */
  readonly label?: string
  /** Called on each scrape; must return at once. */
  read(): Readonly<Record<string, number>>
}
