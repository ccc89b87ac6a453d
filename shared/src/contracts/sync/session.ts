import { z } from 'zod'
import { stationNoField } from '../scalars.ts'

const hex = z.string().regex(/^[0-9a-f]+$/)
const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)

/** The four uplink streams in strict priority (sync.md 4.2). */
export const streams = ['ledger', 'alarm', 'state', 'telemetry'] as const
export type Stream = (typeof streams)[number]

export const streamHead = z.object({
  epoch: hex,
  stream: z.enum(streams),
  seq: z.int().min(0),
  chain: hex,
})

/** POST /v1/session/challenge: one use, 60 s. */
export const challengeRequest = z.object({ station: stationNoField })
export const challengeAnswer = z.object({ nonce: hex, serverTimeMs: z.int() })

/** POST /v1/session. `sig` is Ed25519 over the text of {@link sessionText}. */
export const sessionRequest = z.object({
  station: stationNoField,
  kid: z.int().min(128),
  epoch: hex,
  instance: hex.length(32),
  nonce: hex,
  sig: base64url,
  prevEpoch: hex.optional(),
  prevHeads: z.array(streamHead).optional(),
  /**
   * Up to where this cloud has acknowledged the streams of `epoch`: a cloud that finds itself
   * behind that was restored from a backup (sync.md 6.8).
   */
  acked: z
    .array(streamHead.pick({ stream: true, seq: true }))
    .max(8)
    .optional(),
})

/** Epochs of a station that were opened one after the other and never written to. */
export const emptyEpochsMax = 32

const epochHeads = z.object({ epoch: hex, heads: z.array(streamHead) })

export const sessionAnswer = z.object({
  token: z.string(),
  gen: z.int(),
  serverTimeMs: z.int(),
  heads: z.array(streamHead),
  /**
   * What the epoch was registered behind, nearest first, while it and those after it hold no op
   * that says so: up to the first epoch that does. Empty for any other epoch.
   */
  behind: z.array(epochHeads).max(emptyEpochsMax).default([]),
})

export type SessionTextInput = {
  readonly station: number
  readonly kid: number
  readonly epoch: string
  readonly nonce: string
}

/** UTF-8 text a station signs to open a session; no station time is in it (sync.md 5.3). */
export function sessionText({ station, kid, epoch, nonce }: SessionTextInput): string {
  return `baari-session/1\n${station}\n${kid}\n${epoch}\n${nonce}`
}

/** Body of a 409 on session or uplink. */
export const conflictBody = z.discriminatedUnion('error', [
  z.object({ error: z.literal('gap'), expected: z.int() }),
  z.object({ error: z.literal('fork'), fork_at: z.int() }),
  z.object({ error: z.literal('epoch'), current: z.string().nullable() }),
  z.object({
    error: z.literal('fenced'),
    generation: z.int(),
    /** On a lease request: the newest term the cloud knows; 0 and null when it knows none. */
    lease: z.object({ fence: z.int().min(0), term: z.string().nullable() }).optional(),
  }),
])

export type StreamHead = z.output<typeof streamHead>
export type SessionAnswer = z.output<typeof sessionAnswer>
export type ConflictBody = z.output<typeof conflictBody>
