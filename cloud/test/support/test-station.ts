import { randomBytes, sign, type KeyObject } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { sessionText, type Stream } from '@baari/shared/contracts/sync/session'
import { chainStart, nextChain } from '../../src/adapters/postgres/sync/chain-hash.ts'
import { stationKid, stationUnderTest } from './sync-world.ts'

export type WireOp = {
  readonly k: string
  readonly e?: number
  readonly b: unknown
  readonly t?: number
}

export type Answer = { readonly status: number; readonly body: Record<string, unknown> }

/**
 * The smallest honest station: it numbers, chains and signs as sync.md says, and lets a test send
 * any slice of what it holds, once or twice, whole or cut.
 */
export class TestStation {
  readonly epoch: string
  readonly instance = randomBytes(16).toString('hex')
  readonly lines: Uint8Array[] = []
  readonly chain: string[]
  token = ''
  gen = 0
  private readonly url: string
  readonly key: KeyObject

  constructor(
    url: string,
    key: KeyObject,
    ...[epoch = randomBytes(8).toString('hex'), stream = 'ledger']: [
      epoch?: string,
      stream?: Stream,
    ]
  ) {
    this.url = url
    this.key = key
    this.epoch = epoch
    this.chain = [chainStart(stationUnderTest, epoch, stream)]
  }

  /** Appends an op as its exact line; a string is taken as the line itself. */
  add(op: WireOp | string): this {
    const seq = this.lines.length + 1
    const text =
      typeof op === 'string'
        ? op
        : JSON.stringify({ s: seq, k: op.k, e: op.e ?? 0, t: op.t ?? Date.now(), m: seq, b: op.b })
    const line = Buffer.from(text, 'utf8')
    this.lines.push(line)
    this.chain.push(nextChain(this.chain[seq - 1] as string, line))
    return this
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

  async signIn(more: Record<string, unknown> = {}): Promise<Answer> {
    const challenge = await this.post('/v1/session/challenge', { station: stationUnderTest })
    const nonce = challenge.body['nonce'] as string
    const answer = await this.post('/v1/session', this.sessionAsk(nonce, more))
    if (answer.status === 200) {
      this.token = answer.body['token'] as string
      this.gen = answer.body['gen'] as number
    }
    return answer
  }

  sessionAsk(nonce: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    const { epoch, instance } = this
    const asked = { station: stationUnderTest, kid: stationKid, epoch, instance, nonce, ...more }
    const text = sessionText({ ...asked, station: stationUnderTest })
    return { ...asked, sig: sign(null, Buffer.from(text), this.key).toString('base64url') }
  }

  /** The packed batch of ops `first`…`last`. */
  batch(first: number, last: number, more: Record<string, unknown> = {}): Buffer {
    const head = {
      v: 1,
      station: stationUnderTest,
      epoch: this.epoch,
      gen: this.gen,
      first,
      prev_chain: this.chain[first - 1],
      sent_at: Date.now(),
      ...more,
    }
    const lines = [Buffer.from(JSON.stringify(head)), ...this.lines.slice(first - 1, last)]
    return gzipSync(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])))
  }

  async send(packed: Buffer, stream = 'ledger'): Promise<Answer> {
    const response = await fetch(new URL(`/v1/uplink/${stream}`, this.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
      },
      body: new Uint8Array(packed),
      signal: AbortSignal.timeout(30_000),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

  /** Sends everything from `first` on. */
  sendFrom(first = 1): Promise<Answer> {
    return this.send(this.batch(first, this.lines.length))
  }
}
