/** One line of the node's log. Field names carry their units; no personal data goes in. */
export type LogLine = {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** What happened, in the same words every time, so that a search finds all of them. */
  readonly event: string
  readonly fields?: Readonly<Record<string, string | number | boolean | null>>
}

/** Never throws and never waits for a disk. */
export type Log = (line: LogLine) => void
