/** One row as it was before and after; the row is absent where its side is undefined. */
export type RowChange = {
  readonly table: string
  readonly key: string
  readonly before: unknown
  readonly after: unknown
}

/**
 * Rows by key. Rows are never changed in place, so that a snapshot is the map and an undo is the
 * row that was there.
 */
export class MemoryTable<Row> {
  readonly name: string
  #rows = new Map<string, Row>()
  readonly #note: (change: RowChange) => void

  constructor(name: string, note: (change: RowChange) => void) {
    this.name = name
    this.#note = note
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  has(key: string): boolean {
    return this.#rows.has(key)
  }

  values(): IterableIterator<Row> {
    return this.#rows.values()
  }

  entries(): IterableIterator<[string, Row]> {
    return this.#rows.entries()
  }

  size(): number {
    return this.#rows.size
  }

  put(key: string, row: Row): void {
    const before = this.#rows.get(key)
    this.#rows.set(key, row)
    this.#note({ table: this.name, key, before, after: row })
  }

  remove(key: string): void {
    const before = this.#rows.get(key)
    if (!this.#rows.delete(key)) return
    this.#note({ table: this.name, key, before, after: undefined })
  }

  /** Puts a row back without a note: an undo is no change. */
  undo(key: string, before: unknown): void {
    if (before === undefined) this.#rows.delete(key)
    else this.#rows.set(key, before as Row)
  }

  copy(): ReadonlyMap<string, unknown> {
    return new Map(this.#rows)
  }

  restore(rows: ReadonlyMap<string, unknown>): void {
    this.#rows = new Map(rows as ReadonlyMap<string, Row>)
  }
}
