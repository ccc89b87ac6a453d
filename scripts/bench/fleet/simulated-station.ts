import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import type { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { httpLine } from '@baari/edge/adapters/sync/http-line'
import { systemClock } from '@baari/edge/adapters/system/system-clock'
import type { Session } from '@baari/edge/ports/cloud-line'
import type { OutboxRun } from '@baari/edge/ports/sync'
import { instant } from '@baari/shared/units/time'
import { shapePoll } from './shape-poll.ts'

export type StationReports = {
  readonly onBookings: (ids: readonly string[]) => void
  readonly onRefused: () => void
  readonly onFailed: (reason: string) => void
}

export type SimulatedStation = {
  /** Ed25519, base64url. */
  readonly publicKey: string
  readonly epoch: string
  /** Signs in, reads the snapshot and begins to follow. */
  connect(): Promise<void>
  /** Sends a run until it is acknowledged; from sending it to the acknowledgement, ms. */
  send(run: OutboxRun): Promise<number>
  stop(): void
}

export type StationPlace = {
  readonly no: number
  readonly cloud: string
  /** Connections of the long polls; batches have fetch's own. */
  readonly agent: Agent
  readonly reports: StationReports
}

/** Counted within a station, so that all of a fleet may have the same. */
export const stationKid = 142
const triesMax = 200
const afterFailureMs = 1_000

/** A station as the cloud meets it: a key, a session, a shape it follows, batches it sends. */
export function simulatedStation({ no, cloud, agent, reports }: StationPlace): SimulatedStation {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const epoch = randomBytes(16).toString('hex')
  const line = lineOf({ no, cloud }, privateKey)
  const abort = new AbortController()
  const { signal } = abort
  let session: Session | undefined
  const poll = shapePoll({ cloud, agent, token: () => session?.token ?? '', signal, ...reports })

  /** Asks until it is answered, as a node does: later when told so, and after a pause otherwise. */
  async function insist<T>(ask: () => Promise<Answer<T>>): Promise<T> {
    for (let tries = 1; tries <= triesMax && !signal.aborted; tries += 1) {
      const answer = await ask()
      if (answer.ok) return answer.value
      if (answer.no.kind === 'busy') reports.onRefused()
      else reports.onFailed(JSON.stringify(answer.no))
      const { retryAfterMs = afterFailureMs } = answer.no
      await sleep(retryAfterMs)
    }
    throw new Error(`station ${no} got no answer`)
  }

  return {
    publicKey: String(publicKey.export({ format: 'jwk' }).x),
    epoch,
    async connect() {
      const asked = { epoch, prevEpoch: null, prevHeads: [], signal }
      const { token, gen } = await insist(() => line.openSession(asked))
      session = { token, gen, station: no }
      await poll.snapshot()
      void poll.follow()
    },
    async send(run) {
      const ready = session
      if (ready === undefined) throw new Error(`station ${no} has not signed in`)
      const begun = performance.now()
      const sentAt = instant(Date.now())
      const { ack, results } = await insist(() =>
        // A signal of its own: every request would else leave something behind at the station's.
        line.sendRun({ session: ready, run, sentAt, signal: new AbortController().signal }),
      )
      if (ack !== run.last) throw new Error(`${run.last} ops were acknowledged as ${ack}`)
      if (results.length > 0) reports.onFailed(`not applied: ${JSON.stringify(results[0])}`)
      return performance.now() - begun
    },
    stop: () => abort.abort(),
  }
}

type No = { readonly kind: string; readonly retryAfterMs?: number }
type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly no: No }

function lineOf({ no, cloud }: Pick<StationPlace, 'no' | 'cloud'>, key: KeyObject) {
  return httpLine({
    ...{ baseUrl: cloud, fetch: telling, clock: systemClock, onTime: () => undefined },
    identity: {
      station: no,
      kid: stationKid,
      instance: randomBytes(16).toString('hex'),
      sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
    },
  })
}

/** Of a request that failed, fetch itself says no more than that. */
const telling: typeof fetch = (input, init) =>
  fetch(input, init).catch((error: unknown) => {
    throw error instanceof Error ? new Error(`${error.message}: ${String(error.cause)}`) : error
  })
