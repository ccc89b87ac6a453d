import { recommendedConfig } from '../dispatch/dispatch-config.ts'
import { inLine, windowKey, type InLine } from './key-line.ts'
import { servedFromLine, type Line } from './served-from-line.ts'
import type { Visit } from './visit.ts'

const { bookedFrom, lateAfter } = recommendedConfig

/**
 * D1 and D1q: booked vehicles from s−5 on go before walk-ins; late ones queue as walk-ins. After
 * `quota` booked starts in a row it is a walk-in's turn if one waits (D1: never).
 *
 * That turn ends the row, and so does a walk-in that starts with no booked vehicle in the queue.
 * One that starts because the booked head is too early leaves it as it is: it took nothing from a
 * booked vehicle. The design's table was made so. The product's rule counts only starts that passed
 * a waiting walk-in and begins anew with every walk-in (docs/specs/twin.md).
 */
export function bookedFirst(
  visits: readonly Visit[],
  { positions, quota }: { readonly positions: number; readonly quota: number },
): Float64Array {
  return servedFromLine(visits, positions, bookedFirstLine(visits, quota))
}

function bookedFirstLine(visits: readonly Visit[], quota: number): Line {
  const booked: InLine[] = []
  const walkIn: InLine[] = []
  let row = 0
  return {
    waiting: () => booked.length + walkIn.length,
    join(n) {
      const visit = visits[n]
      if (visit === undefined) return
      inLine(isInTime(visit) ? booked : walkIn, { n, key: windowKey(visit) })
    },
    take(now) {
      const head = booked[0]
      if (head === undefined) {
        row = 0
        return walkIn.shift()?.n
      }
      if (walkIn.length > 0) {
        if ((visits[head.n]?.windowStart ?? now) - now > bookedFrom) return walkIn.shift()?.n
        if (row >= quota) {
          row = 0
          return walkIn.shift()?.n
        }
      }
      row += 1
      return booked.shift()?.n
    },
  }
}

function isInTime({ arrival, windowStart }: Visit): boolean {
  return windowStart !== undefined && arrival - windowStart <= lateAfter
}
