import { stationShapes, type StationShape } from '@baari/shared/contracts/sync/shapes'
import { isChangeMessage, isControlMessage, type Message, type Row } from '@electric-sql/client'
import { z } from 'zod'
import type { FollowChange, FollowedRow } from '../../ports/sync.ts'

/** Values as the shape client's parser leaves them: int8 is a BigInt, money never a float. */
export type ShapeRow = Row<bigint>
type ShapeMessage = Message<ShapeRow>

const cell = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.boolean().transform((flag) => (flag ? 1 : 0)),
])
const cells = z.record(z.string(), cell)

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
  const flat: FollowedRow = cells.parse(row.data)
  return { kind: 'upsert', row: flat }
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
