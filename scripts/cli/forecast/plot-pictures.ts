import { accuracyPicture } from '@baari/shared/domain/forecast/pictures/accuracy-picture'
import { bandPicture } from '@baari/shared/domain/forecast/pictures/band-picture'
import { effectsPicture } from '@baari/shared/domain/forecast/pictures/effects-picture'
import { featureEffects } from '@baari/shared/domain/forecast/learning/feature-effects'
import { tableOf } from '@baari/shared/domain/forecast/pool/training-set'
import type { BacktestAnswer } from './backtest.ts'
import { pictureSvg } from './picture-svg.ts'

export type PlotFile = { readonly name: string; readonly svg: string }

/** A picture for each of many series would fill a folder nobody looks at. */
const seriesMax = 12
const dayMs = 86_400_000
/** Days of the future that a picture of a band shows: more of them are a blot. */
const daysMax = 14

/** The pictures of the operators' page, of a forecast from files: bands, accuracy, effects. */
export function plotPictures(answer: BacktestAnswer): readonly PlotFile[] {
  const names = answer.prepared.laid.grids.map(({ name }) => name)
  return [
    ...names.slice(0, seriesMax).flatMap((name, series) => [
      { name: `band-${series + 1}.svg`, svg: bandSvg(answer, series, name) },
      { name: `accuracy-${series + 1}.svg`, svg: accuracySvg(answer, series, name) },
    ]),
    ...effectsFile(answer),
  ]
}

function bandSvg({ prepared, run }: BacktestAnswer, series: number, name: string): string {
  const { stepMs, grids } = prepared.laid
  const { future } = prepared
  const rows = [...future.at.keys()].filter((row) => future.series[row] === series)
  const fromMs = Math.min(...rows.map((row) => future.at[row]!))
  const lastMs = Math.max(...rows.map((row) => future.at[row]!))
  const steps =
    rows.length === 0
      ? 0
      : Math.min((daysMax * dayMs) / stepMs, Math.round((lastMs - fromMs) / stepMs) + 1)
  const byStep = new Map(rows.map((row) => [Math.round((future.at[row]! - fromMs) / stepMs), row]))
  const each = Array.from({ length: steps }, (_, step) => byStep.get(step))
  const offsetMs = (grids[series]?.offsetMinutes[0] ?? 0) * 60_000
  const picture = bandPicture(
    {
      ...{ fromMs: rows.length === 0 ? 0 : fromMs, stepMs, nowMs: null },
      bands: each.map((row) =>
        row === undefined
          ? null
          : { q10: run.low[row]!, q50: run.median[row]!, q90: run.high[row]! },
      ),
      came: each.map((row) => {
        const value = row === undefined ? Number.NaN : future.target[row]!
        return Number.isNaN(value) ? null : value
      }),
    },
    {
      ...{ band: '10 to 90 %', median: 'forecast, middle', came: 'what came', now: 'now' },
      day: (atMs) => new Date(atMs + offsetMs).toISOString().slice(5, 10),
    },
    (atMs) => Math.floor((atMs + offsetMs) / dayMs) * dayMs - offsetMs,
  )
  return pictureSvg(picture, `${name}: forecast a day ahead, and what came`)
}

/** Each member of the pool on outcomes it had not seen, beside seasonal naive. */
function accuracySvg({ manifest }: BacktestAnswer, series: number, name: string): string {
  const candidates = manifest.models[series]?.candidates ?? []
  const naive = candidates.find((one) => one.name === 'seasonal-naive')?.mae ?? 0
  const picture = accuracyPicture(
    candidates.map(({ name: label, mae, cover }) => ({
      ...{ mae, cover, naiveMae: naive },
      label: label
        .replace('boosted-', '')
        .replace('seasonal-', '')
        .replace('weekday-mean', 'weekday'),
    })),
    { forecast: 'mean error', naive: 'seasonal naive', cover: (percent) => `${percent} %` },
  )
  return pictureSvg(picture, `${name}: members, judged inside the history`)
}

function effectsFile({ prepared, run, outputs }: BacktestAnswer): readonly PlotFile[] {
  if (run.learned === undefined) return []
  const effects = featureEffects(outputs, tableOf(prepared.training, run.learned.scale))
  const title = 'partial dependence of the model’s answer'
  return [
    {
      name: 'effects.svg',
      svg: pictureSvg(
        effectsPicture(effects, (one) => one),
        title,
      ),
    },
  ]
}
