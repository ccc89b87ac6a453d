import type { Refusal } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import type { InputOf, OutputOf } from '../../ports/ledger.ts'
import type { RequestKey } from '../../ports/station-desk.ts'
import type { DeskCommands, DeskLedger } from '../desk/desk-commands.ts'

export type Once<T> = { readonly answer: T; readonly repeated: boolean }

type Asked<K extends keyof DeskCommands> = {
  readonly command: K
  readonly input: InputOf<DeskCommands[K]>
}

/** Runs a command under an Idempotency-Key; the answer has the type of that command's. */
export async function runOnce<K extends keyof DeskCommands>(
  ledger: DeskLedger,
  request: RequestKey,
  { command, input }: Asked<K>,
): Promise<Result<Once<OutputOf<DeskCommands[K]>>, Refusal>> {
  const once = await ledger.run('request.once', { request, command, input })
  if (!once.ok) return once
  const { answer, repeated } = once.value
  // The table says what the command of this name answers; the ledger kept it as JSON.
  return ok({ answer: answer as OutputOf<DeskCommands[K]>, repeated })
}
