/** What SQL is made of, as far as this server must know: what it may not look into, and the rest. */
const pieces =
  /(?<literal>[eE]'(?:[^'\\]|''|\\[^])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<!\w)\$(?<tag>[A-Za-z_]*)\$[^]*?\$\k<tag>\$)|(?<comment>--|\/\*)|(?<param>\$\d+)|(?<word>[A-Za-z_][\w$]*)/g

type Piece = {
  readonly literal?: string
  readonly comment?: string
  readonly param?: string
  readonly word?: string
}

function piecesOf(sql: string): readonly Piece[] {
  return Array.from(sql.matchAll(pieces), (match) => match.groups ?? {})
}

/** Words no expression over one row may hold: both read other tables and are reserved in SQL. */
const otherTables = new Set(['select', 'table'])

/** True when the text asks other tables, which a membership of one row cannot depend on here. */
export function asksOtherTables(sql: string): boolean {
  return piecesOf(sql).some(({ word }) => otherTables.has((word ?? '').toLowerCase()))
}

/** Comments could hide from us what PostgreSQL reads. */
export function hasComment(sql: string): boolean {
  return piecesOf(sql).some(({ comment }) => comment !== undefined)
}

/** Moves `$1…` up by `by`, so that two texts can share one list of params. */
export function renumberParams(sql: string, by: number): string {
  if (by === 0) return sql
  return sql.replace(pieces, (...args) => {
    const { param } = args.at(-1) as Piece
    return param === undefined ? String(args[0]) : `$${Number(param.slice(1)) + by}`
  })
}
