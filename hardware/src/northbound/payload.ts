import sparkplug from 'sparkplug-payload'
import { present } from '@baari/shared/faults/assert'
import type { Instant } from '@baari/shared/units/time'
import type { NamedMetric } from './metrics.ts'

const codec = present(sparkplug.get('spBv1.0'), 'the Sparkplug B codec')

export const rebirthControl = 'Node Control/Rebirth'
const birthDeathSequence = 'bdSeq'

export type PayloadParts = {
  /** 0 to 255, over all messages since the node's birth; absent in a death. */
  readonly seq?: number
  readonly at: Instant
  readonly metrics: readonly NamedMetric[]
  /** Values of a time when nobody listened: told, but not the present state. */
  readonly historical?: boolean
  /** In the birth and the death of a node: which connection they belong to. */
  readonly bdSeq?: number
}

/** Sparkplug B 3.0 payload (protobuf of Eclipse Tahu). */
export function encodePayload({ seq, at, metrics, historical, bdSeq }: PayloadParts): Buffer {
  const values = metrics.map((metric) => ({
    ...metric,
    timestamp: at,
    ...(metric.value === null ? { isNull: true } : {}),
    ...(historical === true ? { isHistorical: true } : {}),
  }))
  const of = bdSeq === undefined ? [] : [{ ...bdSeqMetric(bdSeq), timestamp: at }]
  return Buffer.from(
    codec.encodePayload({
      timestamp: at,
      ...(seq === undefined ? {} : { seq }),
      metrics: [...of, ...values],
    }),
  )
}

const bdSeqMetric = (value: number) => ({ name: birthDeathSequence, type: 'Int64', value }) as const

/** Whether a command asks for all births anew; null for what cannot be read. */
export function asksForRebirth(payload: Uint8Array): boolean | null {
  try {
    const { metrics } = codec.decodePayload(payload)
    return (metrics ?? []).some(({ name, value }) => name === rebirthControl && value === true)
  } catch {
    return null
  }
}
