import type { LedgerSession } from './ledger-session.ts'

/** A small read of the file, kept in memory because every command asks for it. */
export type KeptRead<T> = {
  get(): T
  /** To be called by the repository that wrote what this reads. */
  changed(): void
}

/**
 * Keeps what `read` found until its repository says that it wrote or a batch is taken back. This
 * process is the file's only writer; rows written past their repository would not be seen.
 */
export function keptRead<T>({ memory }: Pick<LedgerSession, 'memory'>, read: () => T): KeptRead<T> {
  let known: { readonly value: T } | undefined
  const changed = (): void => void (known = undefined)
  memory.join({ write: () => undefined, forget: changed })
  return { get: () => (known ??= { value: read() }).value, changed }
}
