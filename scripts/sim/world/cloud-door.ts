import { challengeStation, openSession, type Challenge } from '@baari/cloud/app/sync/open-session'
import { readLine } from '@baari/cloud/app/sync/read-ops'
import { receiveBatch } from '@baari/cloud/app/sync/receive-batch'
import type { StationSession } from '@baari/cloud/ports/station-sessions'
import type {
  ExchangeAnswer,
  ExchangeNo,
  PullInput,
  SendInput,
  Session,
  SessionInput,
} from '@baari/edge/ports/cloud-line'
import {
  sessionText,
  streams,
  type SessionAnswer,
  type StreamHead,
} from '@baari/shared/contracts/sync/session'
import { uplinkAnswer, type UplinkAnswer } from '@baari/shared/contracts/sync/uplink'
import { sessionSignature } from './keys.ts'
import type { SimCloud } from './sim-cloud.ts'

export type Speaker = {
  readonly station: number
  readonly kid: number
  readonly instance: string
  readonly publicKey: string
}

/** Highest number of ops one answer carries, as the real door. */
const opsPerAnswer = 5_000

const no = (what: ExchangeNo): { readonly ok: false; readonly no: ExchangeNo } => ({
  ok: false,
  no: what,
})
const unauthorised = no({ kind: 'unauthorised' })

/** What the cloud's station endpoints answer (sync.md 5.3), without HTTP between. */
export class CloudDoor {
  readonly #cloud: SimCloud

  constructor(cloud: SimCloud) {
    this.#cloud = cloud
  }

  async challenge({ station }: Speaker): Promise<ExchangeAnswer<Challenge>> {
    return { ok: true, value: await challengeStation(this.#cloud.session, station) }
  }

  async openSession(
    { station, kid, instance, publicKey }: Speaker,
    { epoch, prevEpoch, prevHeads, nonce }: SessionInput & { readonly nonce: string },
  ): Promise<ExchangeAnswer<SessionAnswer>> {
    const { session } = this.#cloud
    const sig = sessionSignature(publicKey, sessionText({ station, kid, epoch, nonce }))
    const previous = prevEpoch === null ? {} : { prevEpoch, prevHeads }
    const asked = { station, kid, epoch, instance, nonce, sig, ...previous }
    const opened = await openSession(session, asked)
    if (!opened.ok) {
      const { error } = opened
      return error.error === 'unauthorised' ? unauthorised : no({ kind: 'conflict', body: error })
    }
    const { token, generation: gen, serverTimeMs, heads, behind } = opened.value
    const named = [{ epoch, heads }, ...behind].map((end) => ({
      epoch: end.epoch,
      heads: end.heads.map((head) => ({ ...head, epoch: end.epoch })) as StreamHead[],
    }))
    const [own, ...before] = named
    return {
      ok: true,
      value: { token, gen, serverTimeMs, heads: own?.heads ?? [], behind: before },
    }
  }

  async sendRun({
    session,
    run,
    sentAt,
  }: Omit<SendInput, 'signal'>): Promise<ExchangeAnswer<UplinkAnswer>> {
    const { receive, acknowledged } = this.#cloud
    const spoken = await this.#sessionOf(session)
    if (spoken?.stationNo !== session.station) return unauthorised
    const received = await receiveBatch(receive, spoken, {
      stream: run.stream,
      epoch: run.epoch,
      generation: session.gen,
      first: run.first,
      prevChain: run.prevChain,
      sentAtMs: sentAt,
      lines: linesOf(run.lines).map(readLine),
    })
    if (!received.ok) return no({ kind: 'conflict', body: received.error })
    const { ack, chain, serverTimeMs, results } = received.value
    const path = `${session.station}/${run.epoch}/${run.stream}`
    acknowledged.set(path, Math.max(ack, acknowledged.get(path) ?? 0))
    const told = results.map(({ seq: s, verdict, code }) => ({ s, verdict, code, rev: null }))
    return { ok: true, value: uplinkAnswer.parse({ ack, chain, serverTimeMs, results: told }) }
  }

  async readHeads(session: Session): Promise<ExchangeAnswer<readonly StreamHead[]>> {
    const spoken = await this.#sessionOf(session)
    if (spoken === undefined) return unauthorised
    const { stationNo, epoch } = spoken
    const heads: StreamHead[] = []
    for (const stream of streams) {
      const asked = { stationNo, epoch, stream }
      const { currentEpoch, head } = await this.#cloud.stores.streams.head(asked)
      if (currentEpoch !== epoch) {
        return no({ kind: 'conflict', body: { error: 'epoch', current: currentEpoch } })
      }
      if (head !== undefined) heads.push({ epoch, stream, ...head })
    }
    return { ok: true, value: heads }
  }

  async pullOps({
    session,
    range,
  }: Omit<PullInput, 'signal'>): Promise<ExchangeAnswer<readonly Uint8Array[]>> {
    const spoken = await this.#sessionOf(session)
    if (spoken === undefined) return unauthorised
    const { epoch, stream, from, to } = range
    if (to - from >= opsPerAnswer) return no({ kind: 'too_large' })
    const asked = { stationNo: spoken.stationNo, epoch, stream }
    const lines = await this.#cloud.stores.streams.rawOps(asked, { from, to })
    return lines === undefined ? no({ kind: 'refused', status: 404 }) : { ok: true, value: lines }
  }

  /** The station that a token speaks for now; a shape is asked for under it. */
  async stationOf(token: string): Promise<number | undefined> {
    return (await this.#sessionByToken(token))?.stationNo
  }

  #sessionOf({ token }: Session): Promise<StationSession | undefined> {
    return this.#sessionByToken(token)
  }

  #sessionByToken(token: string): Promise<StationSession | undefined> {
    const { sessions, clock } = this.#cloud.session
    return sessions.byToken(token, clock.now())
  }
}

function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start)
    if (end < 0) break
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}
