import { liveStations, type LiveStations } from '@baari/shared/contracts/http/live-api'
import {
  whatIfAnswer,
  type WhatIfAnswer,
  type WhatIfQuestion,
} from '@baari/shared/contracts/http/what-if-api'
import { jsonPost, read, type Answer } from './sync-client.ts'

/** Its turn, and its own time at the cloud. */
const whatIfDeadlineMs = 120_000

export const liveClient = {
  live: (): Answer<LiveStations> => read('/v1/operator/live', liveStations),
  /** Withdrawn at the cloud, too, when the signal says so. */
  whatIf: (question: WhatIfQuestion, left: AbortSignal): Answer<WhatIfAnswer> =>
    read('/v1/operator/what-if', whatIfAnswer, {
      ...jsonPost(question),
      signal: AbortSignal.any([left, AbortSignal.timeout(whatIfDeadlineMs)]),
    }),
}
