import { nozzleNo } from '@baari/edge/domain/position/nozzle'
import type { PositionFacts } from '@baari/edge/domain/position/position-facts'
import type { FactsAtPosition } from '@baari/edge/app/fill/authorise-facts'
import type { NozzleEvent } from '@baari/edge/app/fill/record-event'
import type { StationSettings } from '@baari/edge/ports/station-settings'
import { present } from '@baari/shared/faults/assert'
import { grams } from '@baari/shared/units/mass'
import { paise } from '@baari/shared/units/money'
import {
  attendantId,
  bookingId,
  laneNo,
  positionNo,
  stationNo,
  type TicketId,
} from '@baari/shared/units/names'
import { millibar } from '@baari/shared/units/pressure'
import {
  after,
  dayNumber,
  instant,
  millis,
  minutes,
  seconds,
  type Instant,
} from '@baari/shared/units/time'
import { randomUUID } from 'node:crypto'
import { testStation, type EdgeNode } from './edge-node.ts'

export const attendant = attendantId('00000001-0000-7000-8000-00000000a001')
const positions = [1, 2] as const
type Position = (typeof positions)[number]

const settings: StationSettings = {
  no: stationNo(testStation),
  name: 'Test',
  zone: 'Asia/Kolkata',
  serves: [stationNo(testStation)],
  lanes: [1, 2].map((no) => ({
    no: laneNo(no),
    name: String(no),
    direction: 'entry',
    accepts: [],
  })),
  positions: positions.map((no) => ({ no: positionNo(no), lane: laneNo(1), nozzles: ['ngv1'] })),
  bookedLanes: null,
  earlyGraceMs: minutes(20),
  payAtPump: true,
  matchGroupVehicle: true,
  compressorGramsPerHour: grams(850_000),
  limits: {
    fillsPerDay: {},
    coolDownMs: millis(0),
    smallFillPermille: 800,
    countFrom: null,
    countUntil: null,
  },
}

const safe: FactsAtPosition = {
  safety: {
    esd: { value: 'healthy', quality: 'good' },
    gas: [],
    bank: { reading: { value: millibar(200_000), quality: 'good' }, minMbar: millibar(100_000) },
  },
  tripLatched: false,
  attendantSignedIn: true,
  readyAgeMs: millis(1_000),
  dispenser: { atRest: true, quality: 'good' },
  configurationVerified: true,
  diskReserveFree: true,
}

const keyOf = (no: Position) => ({ position: positionNo(no), nozzle: nozzleNo(1) })

function facts(no: Position, state: PositionFacts['state']): PositionFacts {
  return {
    no: positionNo(no),
    lane: laneNo(1),
    nozzles: ['ngv1'],
    state,
    ...{ ticket: null, freesInMs: null, fill: null, frozen: false, refused: null, fault: null },
  }
}

/** What a scan has otherwise than a token of this station at lane 1 in its window. */
export type ScanChange = {
  /** The free position, if there is one. */
  readonly no?: Position | null
  readonly lane?: 1 | 2
  readonly station?: number
  readonly windowStart?: Instant
}

const onlyFree = (no: Position | null): readonly PositionFacts[] =>
  positions.map((one) => facts(one, one === no ? 'free' : 'closed'))

/**
 * A forecourt whose two meters go on counting whatever happens to the node's file, and a day of
 * trade on it by the station's own commands.
 */
export class Forecourt {
  /** What the dispensers' totalisers show. */
  readonly totals: Record<Position, number> = { 1: 1_000_000, 2: 2_000_000 }
  private sales = 0

  /** What every start of a node does before it accepts a scan. */
  async open({ ledger }: EdgeNode): Promise<void> {
    await ledger.run('station.configure', settings)
    for (const no of positions) {
      const key = keyOf(no)
      const totaliserGrams = grams(this.totals[no])
      const meter = {
        widthGrams: grams(1_000_000_000),
        maxFlowGramsPerS: grams(500),
        countGrams: grams(1),
      }
      const setup = { ...key, type: 'ngv1' as const, meter, toleranceGrams: grams(200) }
      await ledger.run('fill.install', { setup, totaliserGrams })
      await ledger.run('fill.recover', {
        ...{ key, totaliserGrams, raw: null, runningGrams: null, sale: null },
        rest: 'at-rest',
        waitedMs: minutes(5),
        authoriseWithinMs: seconds(60),
        mayControl: true,
      })
    }
  }

  /** A walk-in that drives up, is filled and pays cash. */
  async sellTo(node: EdgeNode, no: Position, delivered: number): Promise<string> {
    const ticket = await this.arrive(node, no)
    const fill = await this.fill(node, { no, ticket, delivered })
    await this.collect(node, fill)
    return fill
  }

  /**
   * A walk-in takes a number. With a position somebody is called there at once, whose turn it is:
   * one who waited longer and whose plate the station has forgotten is asked for it.
   */
  async arrive({ ledger }: EdgeNode, no: Position | null): Promise<TicketId> {
    this.sales += 1
    const details = { plate: `GJ01AB${1_000 + this.sales}`, retestDay: dayNumber(25_000) }
    const opened = await ledger.run('walkIn.open', {
      vehicleClass: 'auto',
      ...details,
      by: attendant,
      positions: onlyFree(no),
    })
    if (!opened.ok) throw new Error(opened.error.code)
    const { ticket, calls } = opened.value
    const called = calls[0]?.ticket ?? ticket.id
    if (called === ticket.id) return called
    const known = await ledger.run('ticket.details', {
      ticket: called,
      plate: `GJ02AB${1_000 + this.sales}`,
      retestDay: details.retestDay,
      by: attendant,
    })
    if (!known.ok) throw new Error(known.error.code)
    return called
  }

  /** A booked vehicle shows its token at the lane. */
  async scan(
    { ledger, time }: EdgeNode,
    id: string,
    { no = null, lane = 1, station = testStation, windowStart }: ScanChange = {},
  ): Promise<{ readonly verdict: string; readonly ticket: TicketId | null }> {
    const start = windowStart ?? instant(time.now().at - 60_000)
    const { view } = await ledger.run('scan.decide', {
      scan: randomUUID(),
      lane: laneNo(lane),
      source: 'scanner',
      reading: {
        kind: 'token',
        verified: true,
        minRev: 0,
        claims: {
          station: stationNo(station),
          booking: bookingId(id),
          notBefore: start,
          expires: after(start, minutes(30)),
          rev: 1,
          vehicleClass: 'auto',
          nozzle: 'ngv1',
          grams: grams(8_000),
          prepaid: paise(0),
          maxUses: 1,
          plateTag: '00000000',
          retestDay: dayNumber(25_000),
        },
      },
      raw: 'raw',
      managerUnlocked: false,
      positions: onlyFree(no),
    })
    return { verdict: view.verdict, ticket: view.ticket?.id ?? null }
  }

  /** Authorised, `delivered` grams of flow, hung up, settled; answers the fill's id. */
  async fill(
    node: EdgeNode,
    sold: { readonly no: Position; readonly ticket: TicketId; readonly delivered: number },
  ): Promise<string> {
    const { no, delivered } = sold
    const fill = await this.begin(node, sold)
    const before = this.totals[no]
    this.totals[no] += delivered
    const event = (one: NozzleEvent) =>
      node.ledger.run('fill.event', { key: keyOf(no), event: one, raw: null })
    const after = grams(this.totals[no])
    await event({ kind: 'flow', totaliserGrams: grams(before + Math.floor(delivered / 2)) })
    await event({ kind: 'ended' })
    const sale = {
      sequence: 42,
      bootEpoch: 1,
      grams: grams(delivered),
      openingGrams: grams(before),
    }
    await event({ kind: 'totals-read', totaliserGrams: after, atRest: true, sale })
    const { state } = await event({ kind: 'settle' })
    if (state.kind !== 'settled') throw new Error(`the fill is ${state.kind}`)
    return fill
  }

  /** A fill whose gas may flow, and that nobody ends: what a power cut leaves behind. */
  async begin(
    { ledger }: EdgeNode,
    { no, ticket }: { readonly no: Position; readonly ticket: TicketId },
  ): Promise<string> {
    const reserved = await ledger.run('fill.reserve', {
      ...{ key: keyOf(no), ticket, askedGrams: null, facts: safe, raw: null },
      totaliserGrams: grams(this.totals[no]),
      deviceSequence: 41,
      deviceBoot: 1,
      authoriseWithinMs: seconds(60),
    })
    if (!reserved.ok) throw new Error(`not reserved: ${JSON.stringify(reserved.error)}`)
    await ledger.run('fill.event', { key: keyOf(no), event: { kind: 'acknowledged' }, raw: null })
    const { state } = reserved.value
    return 'open' in state ? present(state.open, 'the open fill').terms.fill : ''
  }

  async collect({ ledger }: EdgeNode, fill: string): Promise<void> {
    const { fills } = await ledger.run('fill.list', { limit: 100, cursor: null })
    const sold = present(
      fills.find(({ id }) => id === fill),
      'the fill',
    )
    const amountPaise = sold.amountPaise
    const taken = { fill: sold.id, method: 'cash', amountPaise, by: attendant } as const
    const collected = await ledger.run('fill.collect', taken)
    if (!collected.ok) throw new Error(collected.error.code)
  }

  async changeShift({ ledger }: EdgeNode): Promise<void> {
    const open = await ledger.run('shift.current', {})
    if (open !== undefined) {
      await ledger.run('shift.close', { by: attendant, countedCashPaise: paise(50_000) })
    }
    const opened = await ledger.run('shift.open', {
      by: attendant,
      openingCashPaise: paise(10_000),
    })
    if (!opened.ok) throw new Error(opened.error.code)
  }
}
