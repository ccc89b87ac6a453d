import { createHash } from 'node:crypto'
import { openEngine } from '@baari/edge/adapters/forecast/model-engine'
import { modelStore } from '@baari/edge/adapters/forecast/model-store'
import { forecastWeek, type ForecastAsked } from '@baari/edge/app/forecast/forecast-work'

/** The station's forecast process under a bench: the same work again and again, and what it took. */
export type StationWeekAsk = { readonly folder: string; readonly past: ForecastAsked }

export type StationWeekAnswer = {
  readonly engine: string | null
  /** From the stored bundle to a week, the first time: the runtime's own load is in it. */
  readonly firstMs: number
  /** Processor time of each later week, load of the model included. */
  readonly weekMs: readonly number[]
  readonly addedBytes: number
}

const weeks = 60

async function answer({ folder, past }: StationWeekAsk): Promise<StationWeekAnswer> {
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  const deps = { store: modelStore(folder), openEngine, hash }
  const rest = process.memoryUsage.rss()
  const took = async (): Promise<{ readonly ms: number; readonly engine: string | null }> => {
    const start = process.cpuUsage()
    const { engine } = await forecastWeek(past, deps)
    const { user, system } = process.cpuUsage(start)
    return { ms: (user + system) / 1_000, engine }
  }
  const first = await took()
  const addedBytes = process.memoryUsage.rss() - rest
  const weekMs: number[] = []
  for (let week = 0; week < weeks; week += 1) weekMs.push((await took()).ms)
  return { engine: first.engine, firstMs: first.ms, weekMs, addedBytes }
}

process.once('disconnect', () => process.exit(1))
process.once('message', (asked: StationWeekAsk) => {
  void answer(asked).then((given) => process.send?.(given))
})
