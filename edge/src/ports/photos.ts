import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'

/**
 * Pictures that belong to facts of the ledger, each a file named by its SHA-256. `keep` resolves
 * when file and name are on the disk, so that a fact may name them; kept twice it is one file. A
 * disk that cannot be written rejects.
 */
export type Photos = {
  keep(jpeg: Uint8Array): Promise<Result<string, Refusal>>
}
