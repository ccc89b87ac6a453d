import { commandLine } from '../dev/command-line.ts'
import type { Change } from '@baari/shared/domain/twin/what-if'
import { err, ok, type Result } from '@baari/shared/faults/result'

export type TwinOptions = {
  readonly scenario: string
  readonly changes: readonly Change[]
  readonly seed?: number
  readonly replications?: number
}

export const usage = `npm run twin -- --scenario FILE [--what CHANGE …] [--seed N] [--reps N]
CHANGE is close-position, cap=flat, cap=forecast, booked-share=0.3, rule=3:1, staging=off`

/** Parses the command line; a text says what is wrong with it. */
export function readOptions(args: readonly string[]): Result<TwinOptions, string> {
  const { values } = commandLine({
    args: [...args],
    options: {
      scenario: { type: 'string' },
      what: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string' },
      reps: { type: 'string' },
    },
  })
  if (values.scenario === undefined) return err('--scenario FILE is missing')
  const numbers = [values.seed, values.reps].filter((text) => text !== undefined)
  if (!numbers.every((text) => /^\d{1,9}$/.test(text))) return err('a number is not whole')
  const changes: Change[] = []
  for (const text of values.what) {
    const change = changeOf(text)
    if (change === undefined) return err(`--what ${text} is none of the changes`)
    changes.push(change)
  }
  return ok({
    scenario: values.scenario,
    changes,
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
    // One replication has no interval, and a thousand take more than seconds.
    ...(values.reps === undefined
      ? {}
      : { replications: Math.min(1_000, Math.max(2, Number(values.reps))) }),
  })
}

function changeOf(text: string): Change | undefined {
  const [name = '', value = ''] = text.split('=')
  switch (name) {
    case 'close-position':
      return value === '' ? { kind: 'close-position' } : undefined
    case 'cap':
      return value === 'flat' || value === 'forecast' ? { kind: 'cap', cap: value } : undefined
    case 'booked-share':
      return shareOf(value)
    case 'rule':
      return ruleOf(value)
    case 'staging':
      return stagingOf(value)
    default:
      return undefined
  }
}

function stagingOf(value: string): Change | undefined {
  if (value !== 'on' && value !== 'off') return undefined
  return { kind: 'staging', staging: value === 'on' }
}

function shareOf(value: string): Change | undefined {
  const bookedShare = Number(value)
  const fits = /^0(\.\d{1,3})?$/.test(value) && bookedShare <= 0.95
  return fits ? { kind: 'booked-share', bookedShare } : undefined
}

/** Booked starts in a row while a walk-in waits, and once the oldest has waited long. */
function ruleOf(value: string): Change | undefined {
  const [, many, whenOld] = /^(\d{1,2}):(\d{1,2})$/.exec(value) ?? []
  if (many === undefined || whenOld === undefined) return undefined
  return { kind: 'rule', streakLimit: Number(many), streakLimitWhenOld: Number(whenOld) }
}
