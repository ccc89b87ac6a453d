import type { ServiceView } from '@baari/shared/contracts/http/service-view'
import type { AlarmSource } from '@baari/shared/contracts/sync/stream-ops'
import type { Fault } from '@baari/shared/faults/no'
import type { Clock } from '@baari/shared/runtime/clock'
import { monoElapsed, seconds, type Instant, type Mono } from '@baari/shared/units/time'
import type { AlarmDesk } from '../../ports/alarm-desk.ts'
import type { SensorReading } from '../../ports/sensor-reading.ts'

export type ServedLine = {
  readonly id: string
  state(): ServiceView['lines'][number]['state']
  counters(): Readonly<Record<string, number>>
  faults(): readonly Fault[]
}

export type ServedDevice = {
  readonly id: string
  readonly kind: string
  health(): Pick<ServiceView['devices'][number], 'state' | 'detail'>
  faults(): readonly Fault[]
}

export type ServiceBookParts = {
  readonly clock: Clock
  readonly alarms: AlarmDesk
}

type OpenFault = {
  readonly source: AlarmSource
  readonly fault: Fault
  readonly since: Instant
  readonly seenAt: Mono
}

/** A fault that comes and goes is one fault: it is over when nobody had it for so long. */
const overAfter = seconds(10)
/** Codes counted; a catalogue has fewer for any number of devices a station can have. */
const mostCounted = 2_000

/**
 * Every line and device of the station, for the technician. Faults are looked for on a beat and
 * when something tells of one: each is raised once as an alarm, counted, and cleared once.
 */
export class ServiceBook {
  readonly #parts: ServiceBookParts
  readonly #lines: ServedLine[] = []
  readonly #devices: ServedDevice[] = []
  readonly #open = new Map<string, OpenFault>()
  readonly #raised = new Map<string, number>()
  #readings: () => readonly SensorReading[] = () => []

  constructor(parts: ServiceBookParts) {
    this.#parts = parts
  }

  line(line: ServedLine): void {
    this.#lines.push(line)
  }

  device(device: ServedDevice): void {
    this.#devices.push(device)
  }

  readings(read: () => readonly SensorReading[]): void {
    this.#readings = read
  }

  /** Looks at everything now; called on a beat, and by whoever has just seen a fault. */
  look(): void {
    for (const line of this.#lines) this.#see('line', line)
    for (const device of this.#devices) this.#see('device', device)
    const now = this.#parts.clock.mono()
    for (const [key, { source, fault, seenAt }] of this.#open) {
      if (monoElapsed(seenAt, now) < overAfter) continue
      this.#open.delete(key)
      this.#parts.alarms.clear({ source, code: fault.code, subject: fault.device })
    }
  }

  /** How often each fault was raised since the start, by device and code. */
  raised(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#raised)
  }

  openFaults(): ServiceView['faults'] {
    return [...this.#open].map(([key, { fault, since }]) => ({
      subject: fault.device,
      code: fault.code,
      hint: fault.hint,
      sinceMs: since,
      raised: this.#raised.get(key) ?? 1,
    }))
  }

  view(): ServiceView {
    return {
      lines: this.#lines.map((line) => ({
        id: line.id,
        state: line.state(),
        counters: line.counters(),
      })),
      devices: this.#devices.map(({ id, kind, health }) => {
        const { state, detail } = health()
        return { id, kind, state, detail }
      }),
      readings: this.#readings().map(({ lastGood, ...reading }) => ({
        ...reading,
        lastGood: lastGood === null ? null : { value: lastGood.value, atMs: lastGood.at },
      })),
      faults: this.openFaults(),
    }
  }

  #see(source: AlarmSource, { id, faults }: Pick<ServedLine, 'id' | 'faults'>): void {
    const { clock, alarms } = this.#parts
    for (const given of faults()) {
      // A device behind a lost line names the line; here it is the device that cannot be reached.
      const fault = { ...given, device: id }
      const key = `${id} ${fault.code}`
      const open = this.#open.get(key)
      const since = open?.since ?? clock.now()
      this.#open.set(key, { source, fault, since, seenAt: clock.mono() })
      if (open !== undefined) continue
      if (this.#raised.size < mostCounted || this.#raised.has(key))
        this.#raised.set(key, (this.#raised.get(key) ?? 0) + 1)
      alarms.raise({ source, code: fault.code, subject: id, detail: fault.hint })
    }
  }
}
