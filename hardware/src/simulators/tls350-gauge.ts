import type { Clock } from '@baari/shared/runtime/clock'
import { createFrameBuffer } from '../protocols/frame-buffer.ts'
import { encodeReply, tlsRequestRules } from '../protocols/tls350/codec.ts'
import {
  inventoryNames,
  tlsFloatOf,
  type InventoryName,
  type TankInventory,
  type TlsFloat,
  type TlsReply,
  type TlsRequest,
} from '../protocols/tls350/frames.ts'
import type { LineEnd } from './line-end.ts'
import { noTrouble, type LineTrouble } from './line-trouble.ts'
import { createReplySender } from './reply-sender.ts'

export type TankLevels = Readonly<Record<InventoryName, number>>

/** A Veeder-Root TLS-350 with its tanks, in the measures it is set to. */
export class SimulatedGauge {
  readonly trouble: LineTrouble = noTrouble()
  readonly #tanks = new Map<number, TankLevels>()
  #statusBits = '0000'
  #knowsInventory = true

  constructor(tanks: Readonly<Record<number, TankLevels>>) {
    for (const [tank, levels] of Object.entries(tanks)) this.#tanks.set(Number(tank), levels)
  }

  setLevels(tank: number, levels: Partial<TankLevels>): void {
    const before = this.#tanks.get(tank)
    if (before !== undefined) this.#tanks.set(tank, { ...before, ...levels })
  }

  /** Four hex digits; 0004 is a height that cannot be. */
  setStatusBits(bits: string): void {
    this.#statusBits = bits
  }

  /** Its interface board forbids the inventory. */
  forbidInventory(forbidden: boolean): void {
    this.#knowsInventory = !forbidden
  }

  answer({ fn, tank }: TlsRequest): TlsReply {
    const gaugeTime = '2611291900'
    if (fn === '101') return { kind: 'report', fn, tank, gaugeTime, body: '020402' }
    if (fn !== '201' || !this.#knowsInventory) return { kind: 'unknown-command' }
    const asked = [...this.#tanks].filter(([no]) => tank === '00' || no === Number(tank))
    const tanks = asked.map(([no, levels]) => this.#inventory(no, levels))
    return { kind: 'inventory', tank, gaugeTime, tanks }
  }

  #inventory(no: number, levels: TankLevels): TankInventory {
    const values: TlsFloat[] = inventoryNames.map((name) => tlsFloatOf(levels[name]))
    const tank = String(no).padStart(2, '0')
    return { tank, product: '1', statusBits: this.#statusBits, values }
  }
}

/** The gauge's end of its line. A request has no end, so it is answered when the line falls silent. */
export function serveGauge(line: LineEnd, gauge: SimulatedGauge, clock: Clock): () => void {
  const buffer = createFrameBuffer(tlsRequestRules)
  const sender = createReplySender(line, clock)
  const unsubscribe = line.onBytes((bytes) => {
    for (const item of buffer.feed(bytes)) {
      if (item.kind === 'frame') {
        sender.send(gauge.trouble, () => encodeReply(gauge.answer(item.frame)))
      }
    }
  })
  return () => {
    sender.unplug()
    unsubscribe()
  }
}
