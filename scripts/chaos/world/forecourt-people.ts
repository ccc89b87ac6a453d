import type { Prng } from '@baari/shared/runtime/chance'
import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ForecourtCaller } from '../../clients/forecourt-caller.ts'
import { openLiveFeed, type LiveFeed } from '../../clients/live-feed.ts'
import { signInAtNode, type NodeCaller } from '../../clients/node-caller.ts'

export type PeopleOptions = {
  readonly edgeUrl: string
  readonly forecourt: ForecourtCaller
  readonly attendant: { readonly name: string; readonly pin: string }
  /** Tokens of bookings inside their windows; each is shown once, and some of them once more. */
  readonly tokens: readonly string[]
  readonly prng: Prng
}

/** What people did, and what they were told they had: none of it may be missing afterwards. */
export type PeopleReport = {
  readonly walkIns: number
  readonly scans: number
  readonly readies: number
  /** Acts that met a node that was away, or a refusal. */
  readonly inVain: number
  /** Tickets whose number a driver holds in his hand. */
  readonly tickets: readonly string[]
}

export type People = { stop(): Promise<PeopleReport> }

const roundMs = 250
const mostWaiting = 4
/** An attendant looks again when nothing has come of his word. */
const wordAgainMs = 10_000

type Screen = { readonly node: NodeCaller; readonly feed: LiveFeed }

/** Vehicles come and an attendant serves them, whatever happens to the node meanwhile. */
export function bringPeople(options: PeopleOptions): People {
  const service = new Service(options)
  let stopped = false
  const work = (async (): Promise<void> => {
    while (!stopped) {
      await service.round()
      await sleep(roundMs)
    }
  })()
  return {
    async stop() {
      stopped = true
      await work
      return service.report()
    },
  }
}

class Service {
  readonly #options: PeopleOptions
  readonly #shown: string[] = []
  readonly #waiting: string[]
  readonly #said = new Map<string, number>()
  readonly #counts = { walkIns: 0, scans: 0, readies: 0, inVain: 0 }
  readonly #tickets: string[] = []
  #screen: Screen | undefined
  #plate = 0

  constructor(options: PeopleOptions) {
    this.#options = options
    this.#waiting = [...options.tokens]
  }

  report(): PeopleReport {
    this.#screen?.feed.close()
    return { ...this.#counts, tickets: this.#tickets }
  }

  /** One look around; whatever fails is tried again in the next one, as people do. */
  async round(): Promise<void> {
    try {
      const screen = await this.#signedIn()
      const view = screen.feed.view()
      if (view === undefined) return
      await this.#somebodyComes(screen, view)
      for (const position of view.positions) await this.#serve(screen, position)
    } catch {
      this.#counts.inVain += 1
    }
  }

  async #signedIn(): Promise<Screen> {
    if (this.#screen !== undefined && !this.#screen.feed.over()) return this.#screen
    this.#screen?.feed.close()
    this.#screen = undefined
    const { edgeUrl, attendant } = this.#options
    const node = await signInAtNode(edgeUrl, attendant)
    // An open shift is gone on with.
    await node.openShift().catch(() => undefined)
    this.#screen = { node, feed: await openLiveFeed(edgeUrl, node.cookie()) }
    return this.#screen
  }

  async #somebodyComes({ node }: Screen, { counts }: StationView): Promise<void> {
    const { prng, forecourt } = this.#options
    if (counts.booked + counts.walkIns + counts.standby >= mostWaiting) return
    if (prng.next() < 0.4) {
      const plate = `MH12XX${String((this.#plate += 1)).padStart(4, '0')}`
      const ask = { vehicleClass: 'auto', plate, retestValidUntil: '2036-12-31' } as const
      const { ticket } = await node.openWalkIn(ask)
      this.#counts.walkIns += 1
      this.#tickets.push(ticket.id)
      return
    }
    const again = this.#shown.length > 0 && prng.next() < 0.2
    const token = again
      ? this.#shown[wholeBetween(prng, 0, this.#shown.length - 1)]
      : this.#waiting.shift()
    if (token === undefined) return
    if (!again) this.#shown.push(token)
    this.#counts.scans += 1
    if (prng.next() < 0.2) await forecourt.showAtLanes([1, 2], token)
    else await forecourt.showCode(wholeBetween(prng, 1, 2), token)
  }

  async #serve({ node }: Screen, { no, state, ticket }: PositionView): Promise<void> {
    if (state !== 'called' || ticket === null) return
    const said = this.#said.get(ticket.id)
    if (said !== undefined && performance.now() - said < wordAgainMs) return
    const { forecourt, prng } = this.#options
    if (said === undefined) await forecourt.arrives(no, wholeBetween(prng, 500, 3_000))
    if (ticket.needsDetails) {
      const plate = ticket.plate ?? `MH14ZZ${String((this.#plate += 1)).padStart(4, '0')}`
      await node.details(ticket.id, { plate, retestValidUntil: '2036-12-31' })
    }
    await node.ready(no)
    this.#counts.readies += 1
    this.#said.set(ticket.id, performance.now())
  }
}
