import {
  challengeAnswer,
  sessionAnswer,
  sessionText,
  type SessionAnswer,
} from '@baari/shared/contracts/sync/session'
import { instant, seconds } from '@baari/shared/units/time'
import type { ExchangeAnswer, SessionInput } from '../../ports/cloud-line.ts'
import { exchange, jsonOf, type ExchangeDeps } from './exchange.ts'

/** Who this node is to the cloud. `sign` is Ed25519 over UTF-8 and answers base64url. */
export type StationIdentity = {
  readonly station: number
  readonly kid: number
  readonly instance: string
  readonly sign: (text: string) => string
}

const deadline = seconds(15)
const json = { 'content-type': 'application/json' }

/** Signs in (sync.md 5.3): a nonce, then a signature over it. No station time is in either. */
export async function openSession(
  deps: ExchangeDeps & { readonly identity: StationIdentity },
  { epoch, prevEpoch, prevHeads, acked = [], signal }: SessionInput,
): Promise<ExchangeAnswer<SessionAnswer>> {
  const { station, kid, instance, sign } = deps.identity
  const challenge = await exchange(deps, {
    path: '/v1/session/challenge',
    method: 'POST',
    headers: json,
    body: JSON.stringify({ station }),
    deadline,
    signal,
    read: jsonOf(challengeAnswer),
  })
  if (!challenge.ok) return challenge
  const { nonce } = challenge.value
  const sig = sign(sessionText({ station, kid, epoch, nonce }))
  const previous = prevEpoch === null ? {} : { prevEpoch, prevHeads }
  const sentMono = deps.clock.mono()
  const opened = await exchange(deps, {
    path: '/v1/session',
    method: 'POST',
    headers: json,
    body: JSON.stringify({ station, kid, epoch, instance, nonce, sig, acked, ...previous }),
    deadline,
    signal,
    read: jsonOf(sessionAnswer),
  })
  if (opened.ok) {
    const serverTime = instant(opened.value.serverTimeMs)
    deps.onTime({ serverTime, sentMono, receivedMono: deps.clock.mono() })
  }
  return opened
}
