import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'
import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { slotStart } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ForecourtCaller } from '../../clients/forecourt-caller.ts'
import type { LiveFeed } from '../../clients/live-feed.ts'
import type { NodeCaller } from '../../clients/node-caller.ts'
import type { TokenPress } from '../../clients/token-press.ts'

export type Screen = { readonly node: NodeCaller; readonly feed: LiveFeed }

/** Vehicles of one station over all lives of its node; a shown token may be shown again. */
export type Vehicles = {
  /** Brings and serves them until told to stop; what fails at a dead node is let go. */
  come(screen: Screen): { stop(): Promise<void> }
}

const lookEveryMs = 100
const mostWaiting = 4
const retestValidUntil = '2036-12-31'
/** Most fills are over when the node is back; in one of four it finds the gas still flowing. */
const [leastGrams, usualGrams, mostGrams, longShare] = [150, 1_400, 4_000, 0.25] as const

export function vehiclesOf(options: {
  readonly forecourt: ForecourtCaller
  readonly press: TokenPress
  readonly prng: Prng
}): Vehicles {
  const { forecourt, press, prng } = options
  const shown: string[] = []
  /** Plates of vehicles whose tokens the node has never heard of, by their tickets. */
  const plates = new Map<string, string>()
  const newPlate = plateMaker()

  async function somebodyComes({ node }: Screen): Promise<void> {
    const plate = newPlate()
    if (prng.next() < 0.4) {
      await node.openWalkIn({ vehicleClass: 'auto', plate, retestValidUntil })
      return
    }
    const again = shown.length > 0 && prng.next() < 0.2
    const text = again
      ? String(shown[wholeBetween(prng, Math.max(0, shown.length - 20), shown.length - 1)])
      : press.print({ plate, windowStart: slotStart(instant(Date.now())) })
    if (!again) shown.push(text)
    const { ticket } = await node.scan({ source: 'camera', lane: 1, text })
    if (ticket !== null && !again) plates.set(ticket.id, plate)
  }

  async function serve({ node }: Screen, { no, ticket }: PositionView): Promise<void> {
    if (ticket === null) return
    const long = prng.next() < longShare
    await forecourt.arrives(no, wholeBetween(prng, leastGrams, long ? mostGrams : usualGrams))
    if (ticket.needsDetails) {
      const plate = ticket.plate ?? plates.get(ticket.id) ?? newPlate()
      await node.details(ticket.id, { plate, retestValidUntil })
    }
    await node.ready(no)
  }

  async function look(screen: Screen, { counts, positions }: StationView, said: Set<string>) {
    if (counts.booked + counts.walkIns + counts.standby < mostWaiting) await somebodyComes(screen)
    for (const position of positions) {
      const { state, ticket } = position
      if (state !== 'called' || ticket === null || said.has(ticket.id)) continue
      said.add(ticket.id)
      await serve(screen, position)
    }
  }

  return {
    come(screen) {
      let going = true
      const said = new Set<string>()
      const coming = (async () => {
        while (going) {
          const view = screen.feed.view()
          // The node is killed in the midst of a request, and a person then waits.
          if (view !== undefined) await look(screen, view, said).catch(() => undefined)
          await sleep(lookEveryMs)
        }
      })()
      return {
        async stop() {
          going = false
          await coming
        },
      }
    },
  }
}

/** GJ01KA0002, GJ01KA0003, … GJ01KB0001: nobody comes twice in a run. */
function plateMaker(): () => string {
  let made = 0
  return () => {
    made += 1
    const series = String.fromCharCode('A'.charCodeAt(0) + (Math.floor(made / 9_999) % 26))
    return `GJ01K${series}${String((made % 9_999) + 1).padStart(4, '0')}`
  }
}
