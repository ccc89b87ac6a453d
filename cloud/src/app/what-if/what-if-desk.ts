import type { WhatIfAsk } from '@baari/shared/contracts/http/what-if-api'
import type { Answer, NoAnswer } from '@baari/shared/domain/twin/what-if'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { PlayWhatIf, WhatIfEnd } from '../../ports/what-if.ts'

/** Who finds so many before him waits less by asking again later. */
const waitingMax = 3
/** About the time of one question. */
const retryAfterS = 10

/** The figures, and the time of the processor they took. */
export type PlayedAnswer = Answer & { readonly cpuMs: number }

export type WhatIfDesk = {
  ask(ask: WhatIfAsk, left: AbortSignal): Promise<Result<PlayedAnswer, Refusal>>
}

/**
 * One question is played at a time, so that what stations send is never slow because of it; a few
 * wait in the order they came, and who leaves gives his place up at once.
 */
export function whatIfDesk(play: PlayWhatIf): WhatIfDesk {
  const waiting: (() => void)[] = []
  let busy = false

  /** True when it is one's turn; false when one left before. */
  function turn(left: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const mine = (): void => {
        left.removeEventListener('abort', leave)
        resolve(true)
      }
      const leave = (): void => {
        waiting.splice(waiting.indexOf(mine), 1)
        resolve(false)
      }
      waiting.push(mine)
      left.addEventListener('abort', leave, { once: true })
    })
  }

  function pass(): void {
    const next = waiting.shift()
    if (next === undefined) busy = false
    else next()
  }

  return {
    async ask(ask, left) {
      if (left.aborted) return err(refusal('what_if_left'))
      if (!busy) busy = true
      else if (waiting.length >= waitingMax) return err(refusal('what_if_busy', { retryAfterS }))
      else if (!(await turn(left))) return err(refusal('what_if_left'))
      try {
        return toldOf(await play(ask, left))
      } finally {
        pass()
      }
    },
  }
}

function toldOf(end: WhatIfEnd): Result<PlayedAnswer, Refusal> {
  switch (end.kind) {
    case 'answer':
      return ok({ ...end.answer, cpuMs: end.cpuMs })
    case 'impossible':
      return err(refusal('what_if_impossible', reasonOf(end.no)))
    case 'too-long':
      return err(refusal('what_if_too_long'))
    case 'left':
      return err(refusal('what_if_left'))
  }
}

function reasonOf(no: NoAnswer): Refusal['facts'] {
  return no.code === 'overloaded'
    ? { reason: no.code, loadPercent: Math.round(no.load * 100) }
    : { reason: no.code }
}
