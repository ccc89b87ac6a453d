/** Where a file breaks its contract. Lines and columns count from 1; the header is line 1. */
export type CsvFault = {
  readonly line: number
  readonly column: number
  readonly what: string
}

/** A fault of a file travels as an error to the command, which prints it and exits with 2. */
export class CsvRefusal extends Error {
  override readonly name = 'CsvRefusal'
  readonly fault: CsvFault
  constructor(file: string, fault: CsvFault) {
    super(`${file}, line ${fault.line}, column ${fault.column}: ${fault.what}`)
    this.fault = fault
  }
}

export type CsvRecord = { readonly line: number; readonly cells: readonly string[] }

/**
 * Reads RFC 4180: commas, quotes doubled inside quotes, CRLF or LF, line breaks inside quotes. A
 * byte order mark and empty lines are passed over.
 * @throws CsvRefusal for a quote that never closes or text after a closing quote
 */
export function* csvRecords(file: string, text: string): Generator<CsvRecord> {
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let line = 1
  while (at < text.length) {
    const cells: string[] = []
    const first = line
    for (;;) {
      const cell =
        text[at] === '"'
          ? quotedCell(file, text, { at, line, column: cells.length + 1 })
          : bareCell(text, at)
      cells.push(cell.text)
      line += cell.breaks
      at = cell.end
      if (text[at] !== ',') break
      at += 1
    }
    if (text[at] === '\r') at += 1
    if (text[at] === '\n') at += 1
    line += 1
    if (cells.length > 1 || cells[0] !== '') yield { line: first, cells }
  }
}

type Cell = { readonly text: string; readonly end: number; readonly breaks: number }

const comma = 44
const lineFeed = 10
const carriageReturn = 13

function bareCell(text: string, from: number): Cell {
  let end = from
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end)
    if (code === comma || code === lineFeed || code === carriageReturn) break
  }
  return { text: text.slice(from, end), end, breaks: 0 }
}

function quotedCell(
  file: string,
  text: string,
  { at, line, column }: { readonly at: number; readonly line: number; readonly column: number },
): Cell {
  let end = at + 1
  for (;;) {
    end = text.indexOf('"', end)
    if (end < 0) throw new CsvRefusal(file, { line, column, what: 'a quote is never closed' })
    if (text[end + 1] !== '"') break
    end += 2
  }
  const inside = text.slice(at + 1, end).replaceAll('""', '"')
  const after = text[end + 1]
  if (after !== undefined && !',\r\n'.includes(after)) {
    throw new CsvRefusal(file, { line, column, what: 'text follows a closing quote' })
  }
  return { text: inside, end: end + 1, breaks: inside.split('\n').length - 1 }
}

/** Quotes a cell when it needs it. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
