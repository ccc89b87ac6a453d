import type { WhatIfAsk } from '@baari/shared/contracts/http/what-if-api'
import type { Answer, NoAnswer } from '@baari/shared/domain/twin/what-if'

/** How a question ends. */
export type WhatIfEnd =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly cpuMs: number }
  | { readonly kind: 'impossible'; readonly no: NoAnswer }
  /** It used up its time of the processor, or the machine had none for it. */
  | { readonly kind: 'too-long' }
  /** Who asked has gone; nothing runs any more. */
  | { readonly kind: 'left' }

/**
 * Plays a question in a thread of its own. It ends within a minute whatever it is asked, and at once
 * when the signal says that nobody waits for it.
 */
export type PlayWhatIf = (ask: WhatIfAsk, left: AbortSignal) => Promise<WhatIfEnd>
