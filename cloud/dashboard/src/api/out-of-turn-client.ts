import { outOfTurnReport, type OutOfTurnReport } from '@baari/shared/contracts/http/out-of-turn-api'
import { read, type Answer } from './sync-client.ts'

export type OutOfTurnQuestion = {
  readonly fromMs: number
  readonly toMs: number
  readonly station: number | null
}

const path = '/v1/operator/out-of-turn'

export const outOfTurnClient = {
  report: (ask: OutOfTurnQuestion): Answer<OutOfTurnReport> =>
    read(`${path}?${queryOf(ask)}`, outOfTurnReport),
  csvAddress: (ask: OutOfTurnQuestion): string => `${path}.csv?${queryOf(ask)}`,
}

function queryOf({ fromMs, toMs, station }: OutOfTurnQuestion): string {
  return `fromMs=${fromMs}&toMs=${toMs}${station === null ? '' : `&station=${station}`}`
}
