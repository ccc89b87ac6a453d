import type { WhatIfAsk } from '@baari/shared/contracts/http/what-if-api'
import type { WhatIfRoutes } from '../adapters/http/routes/what-if.ts'
import { whatIfDesk } from '../app/what-if/what-if-desk.ts'
import type { WhatIfEnd } from '../ports/what-if.ts'
import { ThreadTooLong, workInThread, type ThreadLimits } from './work-in-thread.ts'

type WhatIfBounds = ThreadLimits & {
  /** Time of the processor after which the thread gives up by itself. */
  readonly cpuMaxMs: number
}

/** What the thread is given. */
export type ThreadQuestion = { readonly ask: WhatIfAsk; readonly cpuMaxMs: number }

/**
 * Twelve days of two peaks, before and after a change, take about a second. The limit by the
 * clock catches a thread that does not come to look, or a machine that has no time for it.
 */
const usualBounds: WhatIfBounds = { cpuMaxMs: 12_000, withinMs: 60_000, heapMb: 512 }

export type WhatIfSide = {
  readonly routes: WhatIfRoutes
  /** Ends a question that is being played. */
  stop(): Promise<void>
}

/** Questions to the twin, each in a thread of its own and one at a time. */
export function whatIfSide({ cpuMaxMs, ...limits }: WhatIfBounds = usualBounds): WhatIfSide {
  const script = new URL('./what-if-thread.ts', import.meta.url)
  const threads = workInThread<ThreadQuestion, WhatIfEnd>(script, limits)
  const desk = whatIfDesk(async (ask, left) => {
    try {
      return await threads.run({ ask, cpuMaxMs }, undefined, left)
    } catch (reason) {
      if (left.aborted) return { kind: 'left' }
      if (reason instanceof ThreadTooLong) return { kind: 'too-long' }
      throw reason
    }
  })
  return { routes: { ask: desk.ask }, stop: threads.stop }
}
