import type { Instant } from '@baari/shared/units/time'

/** Data types of Sparkplug B 3.0 (chapter 6.4.16) that a station needs. */
export type MetricValue =
  | { readonly type: 'Int64'; readonly value: number | null }
  | { readonly type: 'Boolean'; readonly value: boolean | null }
  | { readonly type: 'String'; readonly value: string | null }

/** Values by name; a name ends in its unit. */
export type Metrics = Readonly<Record<string, MetricValue>>

/** What a station shows: of itself, and of each device by its name. */
export type Snapshot = {
  readonly node: Metrics
  readonly devices: Readonly<Record<string, Metrics>>
}

export type NamedMetric = MetricValue & { readonly name: string }

/** What changed at one moment: of the node (`device` null) or of one device. */
export type Change = {
  readonly device: string | null
  readonly at: Instant
  readonly metrics: readonly NamedMetric[]
}

/** The values that differ from what was shown before, the node's first. */
export function changesOf(before: Snapshot, now: Snapshot, at: Instant): readonly Change[] {
  const devices = Object.entries(now.devices).map(
    ([device, metrics]) => [device, metrics, before.devices[device] ?? {}] as const,
  )
  return [[null, now.node, before.node] as const, ...devices]
    .map(([device, metrics, known]) => ({ device, at, metrics: changed(known, metrics) }))
    .filter(({ metrics }) => metrics.length > 0)
}

/** Whether a host has to be told anew which values there are (a birth), not only how they stand. */
export function needsBirth(before: Snapshot, now: Snapshot): boolean {
  return namesOf(before) !== namesOf(now)
}

function changed(before: Metrics, now: Metrics): readonly NamedMetric[] {
  return named(now).filter(({ name, value }) => before[name]?.value !== value)
}

export function named(metrics: Metrics): readonly NamedMetric[] {
  return Object.entries(metrics).map(([name, metric]) => ({ name, ...metric }))
}

function namesOf({ node, devices }: Snapshot): string {
  const each = Object.entries(devices).map(([device, metrics]) => [device, typesOf(metrics)])
  return JSON.stringify([typesOf(node), each])
}

const typesOf = (metrics: Metrics): readonly string[] =>
  named(metrics).map(({ name, type }) => `${name}:${type}`)
