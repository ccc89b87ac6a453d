/** Columns as wide as their widest cell; the first row is the head. */
export function textTable(
  rows: readonly (readonly string[])[],
  options: { readonly rightAligned?: ReadonlySet<number> } = {},
): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? ''
        return options.rightAligned?.has(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  const [head, ...body] = rows
  if (head === undefined) return []
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)]
}
