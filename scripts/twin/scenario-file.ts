import { readFileSync } from 'node:fs'
import { parse, YAMLParseError } from 'yaml'
import type { z } from 'zod'
import { err, ok, type Result } from '@baari/shared/faults/result'

/** Why a scenario file was not taken: which place in it, and the reason. */
export type BadScenario = { readonly file: string; readonly path: string; readonly reason: string }

/** A file's content by a schema, or where in it what is wrong. */
export function readYaml<T>(file: string, schema: z.ZodType<T>): Result<T, BadScenario> {
  let content: unknown
  try {
    content = parse(readFileSync(file, 'utf8'))
  } catch (reason) {
    return err({ file, ...unreadable(reason) })
  }
  const read = schema.safeParse(content)
  if (read.success) return ok(read.data)
  const [issue] = read.error.issues
  return err({ file, path: issue?.path.join('.') ?? '', reason: issue?.message ?? 'not valid' })
}

function unreadable(reason: unknown): Pick<BadScenario, 'path' | 'reason'> {
  if (reason instanceof YAMLParseError) {
    const line = reason.linePos?.[0].line
    return { path: line === undefined ? '' : `line ${line}`, reason: reason.code }
  }
  return { path: '', reason: reason instanceof Error ? reason.message : String(reason) }
}

export function wordsOf({ file, path, reason }: BadScenario): string {
  return path === '' ? `${file}: ${reason}` : `${file}: ${path}: ${reason}`
}
