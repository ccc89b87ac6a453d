import { err, type Result } from '@baari/shared/faults/result'
import { parseDocument } from 'yaml'
import type { z } from 'zod'
import type { StationPlan } from '../../ports/station-plan.ts'
import { planOf } from './station-plan-of.ts'
import { stationFileSchema } from './station-file-schema.ts'
import type { StationFileProblem } from './station-file-problem.ts'
import { stationProblems } from './station-rules.ts'

/** Longest station file read; 64 dispensers with everything spelled out are under 40 KiB. */
export const longestFileBytes = 262_144

/**
 * Parses a station file wholly or not at all (fault L02). Every problem names its path, so that
 * the technician at the station finds the line without us.
 */
export function parseStationFile(
  text: string,
): Result<StationPlan, readonly [StationFileProblem, ...StationFileProblem[]]> {
  if (Buffer.byteLength(text) > longestFileBytes)
    return refuse([{ path: '', reason: 'is too long' }])
  const document = parseDocument(text, { uniqueKeys: true })
  const broken = document.errors.map((error) => ({
    path: error.linePos ? `line ${error.linePos[0].line}` : '',
    reason: error.message.split('\n')[0] ?? 'is not YAML',
  }))
  if (broken.length > 0) return refuse(broken)
  const shape = stationFileSchema.safeParse(plainValue(document))
  if (!shape.success) return refuse(shape.error.issues.flatMap(issueProblems))
  const problems = stationProblems(shape.data)
  if (problems.length > 0) return refuse(problems)
  return planOf(shape.data)
}

/** A bounded number of aliases keeps a small file from growing into gigabytes. */
function plainValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 })
  } catch {
    return null
  }
}

function refuse(
  problems: readonly StationFileProblem[],
): Result<never, readonly [StationFileProblem, ...StationFileProblem[]]> {
  const [first = { path: '', reason: 'is empty' }, ...rest] = problems
  return err([first, ...rest])
}

function issueProblems(issue: z.core.$ZodIssue): readonly StationFileProblem[] {
  const at = pathText(issue.path)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: at === '' ? key : `${at}.${key}`,
      reason: 'is not a key of the station file',
    }))
  return [{ path: at, reason: issue.message }]
}

/** `dispensers[1].address`, as the technician would say it. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')
}

export function problemText(problem: StationFileProblem): string {
  return problem.path === '' ? problem.reason : `${problem.path}: ${problem.reason}`
}
