import { createHash } from 'node:crypto'
import { streamOps } from '@baari/shared/contracts/sync/stream-ops'
import { z } from 'zod'
import { migrations } from '../adapters/postgres/migrations/all.ts'

const nameLength = 16

/**
 * Names what this version reads and holds: the schemas of every kind of op and the last step of the
 * database. It changes with either by itself, so an upgrade cannot forget to replay.
 */
export function readerName(): string {
  const schemas = Object.values(streamOps).map((kinds: Readonly<Record<string, z.ZodType>>) =>
    Object.entries(kinds).map(([kind, schema]) => [
      kind,
      z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
    ]),
  )
  const step = migrations.at(-1)?.number
  return createHash('sha256')
    .update(JSON.stringify([step, schemas]))
    .digest('hex')
    .slice(0, nameLength)
}
