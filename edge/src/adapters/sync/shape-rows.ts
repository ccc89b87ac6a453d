import { stationShapes, type StationShape } from '@baari/shared/contracts/sync/shapes'
import { assert } from '@baari/shared/faults/assert'
import { isChangeMessage, isControlMessage, type Message, type Row } from '@electric-sql/client'
import { z } from 'zod'
import type { FollowChange, FollowedRow } from '../../ports/sync.ts'

/** Values as PostgreSQL's text or null; the contract makes what they are of them. */
export type ShapeRow = Row<bigint>
type ShapeMessage = Message<ShapeRow>

/** Parses each change at the door; what does not fit the contract is kept aside, not believed. */
export function readChanges(
  name: StationShape,
  messages: readonly ShapeMessage[],
): readonly FollowChange[] {
  return messages.flatMap((message) =>
    isChangeMessage(message) ? [readChange(name, message.headers.operation, message.value)] : [],
  )
}

function readChange(name: StationShape, operation: string, value: ShapeRow): FollowChange {
  const key = keyOf(name, value)
  if (operation === 'delete') {
    return key === null ? unreadable(value, { key, reason: 'no key' }) : { kind: 'delete', key }
  }
  const row = stationShapes[name].safeParse(value)
  if (!row.success) return unreadable(value, { key, reason: z.prettifyError(row.error) })
  return { kind: 'upsert', row: cellsOf(row.data) }
}

/** A parsed row as SQLite keeps it. */
function cellsOf(row: object): FollowedRow {
  const cells: Record<string, FollowedRow[string]> = {}
  for (const [name, value] of Object.entries(row)) cells[name] = cellOf(value)
  return cells
}

function cellOf(value: unknown): FollowedRow[string] {
  if (typeof value === 'boolean') return value ? 1 : 0
  assert(isCell(value), 'a contract’s row is texts, numbers, flags and nulls')
  return value
}

function isCell(value: unknown): value is FollowedRow[string] {
  return value === null || typeof value === 'string' || typeof value === 'number'
}

/** The key is the first column of the contract's row. */
function keyOf(name: StationShape, value: ShapeRow): string | null {
  const [column] = Object.keys(stationShapes[name].shape)
  const part = column === undefined ? undefined : value[column]
  return part === undefined || part === null ? null : String(part)
}

const payloadMax = 8_000

function unreadable(
  value: ShapeRow,
  { key, reason }: { readonly key: string | null; readonly reason: string },
): FollowChange {
  const text = JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'bigint' ? String(part) : part,
  )
  return { kind: 'unreadable', key, payload: text.slice(0, payloadMax), reason }
}

export function hasControl(
  messages: readonly ShapeMessage[],
  control: 'up-to-date' | 'must-refetch',
): boolean {
  return messages.some(
    (message) => isControlMessage(message) && message.headers.control === control,
  )
}
