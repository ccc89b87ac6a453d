/** One forward-only step. A released step is never edited: the runner compares its checksum. */
export type Migration = {
  readonly number: number
  readonly name: string
  readonly sql: string
}
