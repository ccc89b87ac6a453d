import { readManifest } from '@baari/shared/contracts/forecast/model-bundle'
import type { ModelManifest } from '@baari/shared/domain/forecast/bundle/model-manifest'
import type { GateVerdict } from '@baari/shared/domain/forecast/learning/gate'
import { present } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import type { Pool, PoolClient } from 'pg'
import { recordedQuarters } from '../../domain/forecast/recorded-quarters.ts'
import type {
  ForecastModels,
  KeptModel,
  ModelOrder,
  NewModel,
  ServedModel,
} from '../../ports/forecast-models.ts'
import { inTransaction } from './pool.ts'
import type { UnmetRequests } from '../../ports/unmet-requests.ts'
import { cardsOf, notesOf } from './model-cards.ts'
import { eventDaysSince } from './event-days.ts'
import { toldQuarters } from './told-quarters.ts'

type ModelRow = {
  readonly version: number
  readonly id: string
  readonly manifest: unknown
  readonly model: Buffer
  readonly golden: Buffer
  readonly verdict: GateVerdict
  readonly trained_at_ms: string
  readonly text: string | null
  readonly signature: Buffer | null
}

/** Models of the fleet in PostgreSQL; the database lets one be in service and one in shadow. */
export function forecastModelsOf(pool: Pool, unmet: Pick<UnmetRequests, 'since'>): ForecastModels {
  const one = async (where: string, values: readonly unknown[]): Promise<ModelRow | undefined> => {
    const sql = `SELECT * FROM forecast_model WHERE ${where} ORDER BY version DESC LIMIT 1`
    return (await pool.query<ModelRow>(sql, [...values])).rows[0]
  }
  return {
    async histories(since) {
      const told = await toldQuarters(pool, since)
      const eventDays = await eventDaysSince(pool, since)
      return recordedQuarters(told, { eventDays, unmet: await unmet.since(since) })
    },
    inService: async () => servedOf(await one(`state = 'in_service'`, [])),
    async inShadow() {
      const row = await one(`state = 'shadow'`, [])
      return row && keptOf(row)
    },
    served: async (version) => servedOf(await one('version = $1 AND text IS NOT NULL', [version])),
    async replacedBy(version) {
      const { rows } = await pool.query<{ replaces: number | null }>(
        `SELECT replaces FROM forecast_order WHERE kind = 'promote' AND version = $1`,
        [version],
      )
      return rows[0]?.replaces ?? undefined
    },
    inputsOf: async (version) => (await notesOf(pool, version))?.inputs ?? [],
    add: (model) => inTransaction(pool, (client) => addModel(client, model)),
    async setAside(version) {
      await pool.query(
        `UPDATE forecast_model SET state = 'retired' WHERE version = $1 AND state = 'shadow'`,
        [version],
      )
    },
    carryOut: (order, signed) => inTransaction(pool, (client) => carryOut(client, order, signed)),
    cards: () => cardsOf(pool),
  }
}

async function addModel(client: PoolClient, model: NewModel): Promise<number> {
  const { id, manifest, golden, verdict, notes, trainedAt } = model
  if (verdict.passes) {
    await client.query(`UPDATE forecast_model SET state = 'retired' WHERE state = 'shadow'`)
  }
  const state = verdict.passes ? 'shadow' : 'rejected'
  const { rows } = await client.query<{ version: number }>(
    `INSERT INTO forecast_model (id, state, manifest, model, golden, verdict, trained_at_ms,
       notes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING version`,
    [
      ...[id, state, JSON.stringify(manifest)],
      ...[Buffer.from(model.model), Buffer.from(golden), JSON.stringify(verdict), trainedAt],
      JSON.stringify(notes),
    ],
  )
  return present(rows[0], 'the new model').version
}

/** The one in service goes first, because the index allows one at a time. */
async function carryOut(
  client: PoolClient,
  { kind, version, replaces, by, at, body, signature }: ModelOrder,
  signed: { text: string; signature: Uint8Array } | undefined,
): Promise<void> {
  await client.query(`UPDATE forecast_model SET state = 'retired' WHERE state = 'in_service'`)
  await client.query(
    `UPDATE forecast_model SET state = 'in_service', text = coalesce($2, text),
       signature = coalesce($3, signature) WHERE version = $1`,
    [version, signed?.text ?? null, signed && Buffer.from(signed.signature)],
  )
  await client.query(
    `INSERT INTO forecast_order (kind, version, replaces, by, at_ms, body, signature)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [kind, version, replaces, by, at, body, Buffer.from(signature)],
  )
}

/** The trainer did not know its version: the row has it. */
function manifestOf({ manifest, version }: ModelRow): ModelManifest {
  return { ...present(readManifest(manifest), `the manifest of model ${version}`), version }
}

function keptOf(row: ModelRow): KeptModel {
  const { version, id, model, golden, verdict } = row
  const bytes = { model: new Uint8Array(model), golden: new Uint8Array(golden) }
  const trainedAt = instant(Number(row.trained_at_ms))
  return { version, id, manifest: manifestOf(row), ...bytes, verdict, trainedAt }
}

function servedOf(row: ModelRow | undefined): ServedModel | undefined {
  if (row === undefined || row.text === null || row.signature === null) return undefined
  const { version, model, golden, manifest } = keptOf(row)
  const { text, signature } = row
  return { version, model, golden, manifest, text, signature: new Uint8Array(signature) }
}
