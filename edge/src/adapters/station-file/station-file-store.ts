import {
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { StationPlan } from '../../ports/station-plan.ts'
import { longestFileBytes, parseStationFile, problemText } from './parse-station-file.ts'
import type { StationFileProblem } from './station-file-problem.ts'

export type OpenStationFile = {
  /** The file the technician edits. */
  readonly file: string
  /** Our copy of the last text that was wholly right. */
  readonly kept: string
}

export type OpenedStation = {
  readonly plan: StationPlan
  /** `kept`: the edited file is refused and the node goes on with the last good one (L02). */
  readonly from: 'file' | 'kept'
  readonly problems: readonly StationFileProblem[]
}

/**
 * Reads the station file; a good one is kept aside before it is used, a bad one is refused whole
 * with its reasons while the kept copy stays in force. Fails only when there is no good file at
 * all: the error is one sentence for the technician.
 */
export function openStationFile(paths: OpenStationFile): Result<OpenedStation, string> {
  const text = read(paths.file)
  const parsed =
    text === undefined
      ? err([{ path: '', reason: `${paths.file} cannot be read` }] as const)
      : parseStationFile(text)
  if (parsed.ok && text !== undefined) {
    keep(paths.kept, text)
    return ok({ plan: parsed.value, from: 'file', problems: [] })
  }
  const problems = parsed.ok ? [] : parsed.error
  const old = read(paths.kept)
  const kept = old === undefined ? undefined : parseStationFile(old)
  if (kept?.ok === true) return ok({ plan: kept.value, from: 'kept', problems })
  const reasons = problems.map(problemText).join('; ')
  return err(`station file ${paths.file} is refused and there is no earlier good one: ${reasons}`)
}

function read(path: string): string | undefined {
  try {
    const bytes = readFileSync(path)
    // One byte more than allowed is enough for the parser to say that the file is too long.
    return bytes.subarray(0, longestFileBytes + 1).toString('utf8')
  } catch {
    return undefined
  }
}

/** Written beside, synced and renamed: a power cut leaves the old copy or the new one, never half. */
function keep(path: string, text: string): void {
  if (read(path) === text) return
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.new`
  const fd = openSync(fresh, 'w', 0o600)
  writeSync(fd, text)
  fsyncSync(fd)
  closeSync(fd)
  renameSync(fresh, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
