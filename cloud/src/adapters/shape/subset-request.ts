import { err, ok, type Result } from '@baari/shared/faults/result'
import { z } from 'zod'
import { parseIdentifier, quoteName, splitAtCommas } from './identifiers.ts'
import type { RequestErrors } from './shape-request.ts'

/** A part of a shape, asked for at one moment. */
export type SubsetRequest = {
  readonly where: string | null
  readonly params: readonly string[]
  readonly orderBy: string | null
  readonly limit: number | null
  readonly offset: number
}

const prefix = 'subset__'
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const paramsObject = z.record(z.string(), scalar)
const bodySchema = z.record(z.string(), z.unknown())
const fields = z.object({
  where: z.string().optional(),
  params: z
    .union([paramsObject, z.string().transform(jsonOf).pipe(paramsObject)])
    .optional()
    .transform((value) => value ?? {}),
  order_by: z.string().optional(),
  limit: z.coerce.number().int().positive().optional(),
  offset: z.coerce.number().int().min(0).optional(),
})
const names = new Set(Object.keys(fields.shape))

function jsonOf(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'params must be valid JSON' })
    return z.NEVER
  }
}

type Fields = Readonly<Record<string, unknown>>

/** What of a request concerns a subset: from `subset__…` of its query, or the body of a POST. */
export function subsetFields(query: URLSearchParams, body: Fields): Fields | undefined {
  const own = [...query].flatMap(([key, value]) =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [],
  )
  const nested = z.record(z.string(), z.unknown()).safeParse(body['subset'])
  const sent = Object.entries(nested.success ? nested.data : body).filter(([key]) => names.has(key))
  return own.length + sent.length === 0 ? undefined : Object.fromEntries([...own, ...sent])
}

export function parseBody(text: string): Result<Fields, string> {
  if (text === '') return ok({})
  try {
    const parsed = bodySchema.safeParse(JSON.parse(text))
    return parsed.success ? ok(parsed.data) : err('Request body must be a JSON object')
  } catch {
    return err('Invalid JSON in request body')
  }
}

export function parseSubset(given: Fields): Result<SubsetRequest, RequestErrors> {
  const parsed = fields.safeParse(given)
  if (!parsed.success) return err({ subset: problemsOf(parsed.error) })
  const { where, params, order_by, limit, offset } = parsed.data
  if ((limit !== undefined || offset !== undefined) && order_by === undefined) {
    const text = 'order_by is required when limit or offset is present'
    return err({ subset: { order_by: [text] } })
  }
  const listed = paramList(params)
  if (listed === undefined) {
    return err({ subset: { params: ['must be numbered from 1 without gaps'] } })
  }
  return ok({
    ...{ where: where ?? null, params: listed },
    ...{ orderBy: order_by ?? null, limit: limit ?? null, offset: offset ?? 0 },
  })
}

function problemsOf(error: z.ZodError): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    error.issues.map((issue) => [
      String(issue.path[0] ?? 'subset'),
      [issue.code === 'custom' ? issue.message : 'is invalid'],
    ]),
  )
}

/** `{"1": a, "2": b}` in order; undefined when a number is missing. */
export function paramList(params: Readonly<Record<string, string>>): readonly string[] | undefined {
  const count = Object.keys(params).length
  const listed = Array.from({ length: count }, (_, index) => params[String(index + 1)])
  return listed.every((value) => value !== undefined) ? listed : undefined
}

const direction = /^(?<name>.*?)(?<order>(?:\s+(?:asc|desc))?(?:\s+nulls\s+(?:first|last))?)$/is

/**
 * Columns with a direction each, written anew so that nothing else gets into the query.
 * @returns the words that stand after ORDER BY
 */
export function orderBySql(text: string, columns: readonly string[]): Result<string, string> {
  const terms: string[] = []
  for (const part of splitAtCommas(text)) {
    const { name = '', order = '' } = direction.exec(part.trim())?.groups ?? {}
    const column = parseIdentifier(name)
    if (!column.ok) return err(`${part.trim()} is not allowed in ORDER BY: name columns only`)
    if (!columns.includes(column.value)) return err(`unknown reference ${column.value}`)
    terms.push(`${quoteName(column.value)} ${order.trim().toUpperCase()}`)
  }
  return ok(terms.join(', '))
}
