import { readManifest } from '@baari/shared/contracts/forecast/model-bundle'
import { modelCard, modelNotes, type ModelCard } from '@baari/shared/contracts/http/forecast-api'
import type { GateVerdict } from '@baari/shared/domain/forecast/learning/gate'
import type { ModelNotes } from '@baari/shared/domain/forecast/learning/train-challenger'
import type { Pool } from 'pg'

const cardsMax = 100

type CardRow = {
  readonly version: number
  readonly state: string
  readonly manifest: unknown
  readonly verdict: GateVerdict
  readonly trained_at_ms: string
  readonly effects: unknown
}

type OrderRow = {
  readonly kind: string
  readonly version: number
  readonly replaces: number | null
  readonly by: string
  readonly at_ms: string
}

/** Cards without the bytes, newest first, with the orders that put them in service. */
export async function cardsOf(pool: Pool): Promise<readonly ModelCard[]> {
  const { rows } = await pool.query<CardRow>(
    `SELECT version, state, manifest, verdict, trained_at_ms, notes -> 'effects' AS effects
     FROM forecast_model ORDER BY version DESC LIMIT ${cardsMax}`,
  )
  const orders = await pool.query<OrderRow>(
    `SELECT kind, version, replaces, by, at_ms FROM forecast_order ORDER BY no DESC LIMIT 1000`,
  )
  return rows.flatMap(({ version, state, manifest, verdict, trained_at_ms, effects }) => {
    const of = readManifest(manifest)
    if (of === undefined) return []
    const { trainedFromMs, trainedToMs, rowCount, dataOrigin, backtest } = of
    const stations = new Set(of.series.map(({ name }) => name.split('/')[0])).size
    const card = { version, state, trainedAtMs: Number(trained_at_ms), stations, backtest, verdict }
    const own = orders.rows.filter((order) => order.version === version)
    return [
      modelCard.parse({
        ...{ ...card, trainedFromMs, trainedToMs, rowCount, dataOrigin, effects: effects ?? [] },
        orders: own.map(({ kind, replaces, by, at_ms }) => {
          return { kind, replaces, by, atMs: Number(at_ms) }
        }),
      }),
    ]
  })
}

export async function notesOf(pool: Pool, version: number): Promise<ModelNotes | undefined> {
  const { rows } = await pool.query<{ notes: unknown }>(
    'SELECT notes FROM forecast_model WHERE version = $1',
    [version],
  )
  return modelNotes.safeParse(rows[0]?.notes).data
}
