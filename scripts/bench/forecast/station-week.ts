import { createHash } from 'node:crypto'
import { openEngine } from '@baari/edge/adapters/forecast/model-engine'
import { modelStore } from '@baari/edge/adapters/forecast/model-store'
import { forecastWeek, type ForecastAsked } from '@baari/edge/app/forecast/forecast-work'
import { quarterMs } from '@baari/shared/domain/forecast/serving/station-demand'
import { instant } from '@baari/shared/units/time'

/** The station's forecast process under a bench: week after week, a quarter hour apart. */
export type StationWeekAsk = {
  readonly folder: string
  readonly station: number
  /** The past of the first week, and a quarter hour more for each week after it. */
  readonly counts: ForecastAsked['counts']
  /** Weeks after the first. */
  readonly weeks: number
}

export type StationWeekAnswer = {
  readonly engine: string | null
  /** From the stored bundle to a week, the first time: the runtime's own load is in it. */
  readonly firstMs: number
  /** Processor time of each later week, load of the model included. */
  readonly weekMs: readonly number[]
  readonly addedBytes: number
}

async function answer({
  folder,
  station,
  counts,
  weeks,
}: StationWeekAsk): Promise<StationWeekAnswer> {
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  const deps = { store: modelStore(folder), openEngine, hash }
  const rest = process.memoryUsage.rss()
  const took = async (
    week: number,
  ): Promise<{ readonly ms: number; readonly engine: string | null }> => {
    const own = counts.slice(week, counts.length - weeks + week)
    const now = instant(own.at(-1)!.start + quarterMs)
    const past = { station, now, counts: own, fallenBack: [] }
    const start = process.cpuUsage()
    const { engine } = await forecastWeek(past, deps)
    const { user, system } = process.cpuUsage(start)
    return { ms: (user + system) / 1_000, engine }
  }
  const first = await took(0)
  const addedBytes = process.memoryUsage.rss() - rest
  const weekMs: number[] = []
  for (let week = 1; week <= weeks; week += 1) weekMs.push((await took(week)).ms)
  return { engine: first.engine, firstMs: first.ms, weekMs, addedBytes }
}

process.once('disconnect', () => process.exit(1))
process.once('message', (asked: StationWeekAsk) => {
  void answer(asked).then((given) => process.send?.(given))
})
