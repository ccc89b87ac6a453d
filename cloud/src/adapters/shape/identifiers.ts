import { err, ok, type Result } from '@baari/shared/faults/result'

export type RelationName = { readonly schema: string; readonly table: string }

/** PostgreSQL cuts longer names off in silence, so they would name something else. */
const nameBytesMax = 63
const plainName = /^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u

/** A comma or dot counts where an even number of quotes follows it: outside every quoted name. */
const commaOutsideQuotes = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/
const dotOutsideQuotes = /\.(?=(?:[^"]*"[^"]*")*[^"]*$)/

/** One name as SQL writes it: folded to lower case unless it stands in quotes. */
export function parseIdentifier(text: string): Result<string, string> {
  const quoted = text.length > 1 && text.startsWith('"') && text.endsWith('"')
  const parsed = quoted ? parseQuoted(text.slice(1, -1)) : parsePlain(text)
  if (parsed.ok && Buffer.byteLength(parsed.value) > nameBytesMax) {
    return err(`Identifier is too long (max length is ${nameBytesMax})`)
  }
  return parsed
}

function parseQuoted(inner: string): Result<string, string> {
  if (inner === '') return err('Invalid zero-length delimited identifier')
  const unescaped = inner.replaceAll('""', '')
  if (unescaped.includes('"')) return err(`Invalid identifier with unescaped quote: ${inner}`)
  return ok(inner.replaceAll('""', '"'))
}

function parsePlain(text: string): Result<string, string> {
  if (text === '') return err('Invalid zero-length delimited identifier')
  if (!plainName.test(text)) {
    return err(`Invalid unquoted identifier contains special characters: ${text}`)
  }
  return ok(text.toLowerCase())
}

/** `table` or `schema.table`; the schema is `public` unless it is named. */
export function parseRelation(text: string): Result<RelationName, string> {
  const parts = text.split(dotOutsideQuotes)
  if (parts.length > 2) return err(`Invalid relation identifier, too many delimiters: ${text}`)
  const names = parseAll(parts)
  if (!names.ok) return names
  const [first = '', second] = names.value
  return ok(
    second === undefined ? { schema: 'public', table: first } : { schema: first, table: second },
  )
}

/** A comma list of names. */
export function parseColumns(text: string): Result<readonly string[], string> {
  return parseAll(text.split(commaOutsideQuotes))
}

/** Cuts a list at the commas that stand outside quotes. */
export function splitAtCommas(text: string): readonly string[] {
  return text.split(commaOutsideQuotes)
}

function parseAll(parts: readonly string[]): Result<readonly string[], string> {
  const names: string[] = []
  for (const part of parts) {
    const name = parseIdentifier(part)
    if (!name.ok) return name
    names.push(name.value)
  }
  return ok(names)
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as an SQL literal; the server's standard_conforming_strings is on. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
