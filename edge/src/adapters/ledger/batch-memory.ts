/** What a repository holds in memory of the file while commands run. */
export type Remembered = {
  /** Writes what is not in the file yet; asked before anything is kept. */
  readonly write: () => void
  /** Something was rolled back: what the file says counts again. */
  readonly forget: () => void
}

/**
 * Rows that every command of a batch changes are kept in memory and written once, in the same
 * commit. A repository joins when it is made; nobody reads such a row past its repository.
 */
export type BatchMemory = Remembered & {
  readonly join: (part: Remembered) => void
  /** For whoever writes remembered rows past their repository, in the rare work of a rollback. */
  readonly reread: () => void
}

export function batchMemory(): BatchMemory {
  const parts: Remembered[] = []
  const write = (): void => {
    for (const part of parts) part.write()
  }
  const forget = (): void => {
    for (const part of parts) part.forget()
  }
  return {
    join: (part) => void parts.push(part),
    write,
    forget,
    reread() {
      write()
      forget()
    },
  }
}
