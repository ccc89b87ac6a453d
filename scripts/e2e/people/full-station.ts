import type {
  PositionView,
  StationView,
  TicketView,
} from '@baari/shared/contracts/live/station-view'
import type { TicketId } from '@baari/shared/units/names'
import { until } from '../until.ts'
import { walkInComes, type StationAtWork } from './station-at-work.ts'

/** More vehicles than a station of four positions can call at once, those that wait aside. */
const mostFillers = 8

/**
 * Numbers for whoever comes until every position has been called to, then for these plates: they
 * wait. Answers them in their order.
 */
export async function untilSomeWait(
  at: StationAtWork,
  plates: readonly string[],
): Promise<readonly TicketView[]> {
  for (let n = 0; n < mostFillers && freePositions(at).length > 0; n += 1) {
    await comesIn(at, `GJ09FF000${n + 1}`)
  }
  const ids: TicketId[] = []
  for (const plate of plates) ids.push(await comesIn(at, plate))
  return until(
    () => {
      const found = ids.flatMap((id) => at.feed.view()?.next.find((one) => one.id === id) ?? [])
      return found.length === ids.length ? found : undefined
    },
    { what: 'vehicles that wait' },
  )
}

/** Of those that take an auto. */
const freePositions = ({ feed }: StationAtWork): readonly PositionView[] =>
  feed
    .view()
    ?.positions.filter(({ state, nozzles }) => state === 'free' && nozzles.includes('ngv1')) ?? []

/** Answered once the screens show where the vehicle is. */
async function comesIn(at: StationAtWork, plate: string): Promise<TicketId> {
  const id = await walkInComes(at, plate)
  await until(
    () => {
      const view = at.feed.view()
      const called = view?.positions.map(({ ticket }) => ticket) ?? []
      return [...(view?.next ?? []), ...called].some((one) => one?.id === id)
    },
    { what: `${plate} on the screens` },
  )
  return id
}

/** Positions called to where nobody has been seen yet. */
export function placesToGive({ feed }: StationAtWork): readonly PositionView[] {
  return feed.view()?.positions.filter(({ state }) => state === 'called') ?? []
}

/** The position as soon as the call to it is one out of turn. */
export function wentOutOfTurn(view: StationView, no: number): PositionView | undefined {
  return view.positions.find((one) => one.no === no && one.reason?.outOfTurn !== undefined)
}

/** Everybody who waits or was called drives away; the positions are free. */
export async function allLeave({ node, feed }: StationAtWork): Promise<void> {
  await until(
    async () => {
      const view = feed.view()
      if (view === undefined) return undefined
      const called = view.positions.flatMap(({ state, ticket }) =>
        state === 'called' && ticket !== null ? [ticket] : [],
      )
      const here = [...view.next, ...called]
      if (here.length === 0)
        return view.positions.every(({ state }) => state === 'free') || undefined
      for (const { id } of here) await node.leave(id).catch(() => undefined)
      return undefined
    },
    { what: 'an empty station' },
  )
}
