import { answerOfWire, leaseAnswer } from '@baari/shared/contracts/sync/lease'
import { seconds } from '@baari/shared/units/time'
import type { LeaseLine } from '../../ports/lease-line.ts'
import { exchange, jsonOf, type ExchangeDeps } from './exchange.ts'

const deadline = seconds(15)

/** Lease requests as HTTPS requests to one cloud. */
export function httpLeaseLine(deps: ExchangeDeps): LeaseLine {
  return {
    async sendLease({ session, kind, body, signal }) {
      const sentMono = deps.clock.mono()
      const answer = await exchange(deps, {
        path: `/v1/lease/${kind}`,
        method: 'POST',
        headers: {
          authorization: `Bearer ${session.token}`,
          'content-type': 'application/json',
        },
        body,
        ...{ deadline, signal },
        read: jsonOf(leaseAnswer),
      })
      if (!answer.ok) return answer
      const { serverTimeMs: serverTime } = answer.value
      deps.onTime({ serverTime, sentMono, receivedMono: deps.clock.mono() })
      return { ok: true, value: answerOfWire(answer.value) }
    },
  }
}
