import type { Clock } from '@baari/shared/runtime/clock'
import type { PositionNo } from '@baari/shared/units/names'
import { millis, monoElapsed, type Mono } from '@baari/shared/units/time'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import { positionNews } from '../../domain/position/position-news.ts'
import type { PositionController } from '../position/position-controller.ts'

/** How old the facts of a position may be of which nothing was heard: it is looked at once a second. */
const factsHold = millis(100)

type Held = { readonly facts: PositionFacts; readonly at: Mono }
type Controllers = ReadonlyMap<PositionNo, Pick<PositionController, 'facts'>>

/**
 * The facts of each position as they were made last. Every frame of every head asks what it changed,
 * and every scan asks for all: making them anew each time was most of what the process allocated.
 */
export function knownFacts(controllers: Controllers, clock: Pick<Clock, 'mono'>) {
  const held = new Map<PositionNo, Held>()
  /** What was last called news. */
  const told = new Map<PositionNo, PositionFacts>()

  function make(no: PositionNo, controller: Pick<PositionController, 'facts'>): PositionFacts {
    const facts = controller.facts()
    held.set(no, { facts, at: clock.mono() })
    return facts
  }

  return {
    all(): readonly PositionFacts[] {
      return [...controllers].map(([no, controller]) => {
        const known = held.get(no)
        const isFresh = known !== undefined && monoElapsed(known.at, clock.mono()) < factsHold
        return isFresh ? known.facts : make(no, controller)
      })
    },
    /** Makes those of one position anew, and says what that brought since it was last news. */
    look(no: PositionNo): ReturnType<typeof positionNews> {
      const controller = controllers.get(no)
      if (controller === undefined) return 'nothing'
      const now = make(no, controller)
      const news = positionNews(told.get(no), now)
      if (news !== 'nothing') told.set(no, now)
      return news
    },
  }
}
