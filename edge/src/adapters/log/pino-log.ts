import { pino, destination as fileDestination, type DestinationStream, type Level } from 'pino'
import type { Log } from '../../ports/log.ts'

/** Values a person could be recognised or impersonated by; they never reach a log file. */
const secretFields: ReadonlySet<string> = new Set([
  'pin',
  'token',
  'session',
  'raw',
  'text',
  'phone',
])

export type PinoLogOptions = {
  readonly level: Level | 'silent'
  readonly station: string
  readonly destination?: DestinationStream
}

/** Structured lines on standard output, one JSON object each, for journald or a container log. */
export function pinoLog({ level, station, destination }: PinoLogOptions): Log {
  const logger = pino(
    { level, base: { station }, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? fileDestination({ dest: 1, sync: false, minLength: 0 }),
  )
  return ({ level: at, event, fields }) => logger[at]({ ...withoutPersons(fields ?? {}) }, event)
}

/** A plate keeps its last four signs, which an attendant can still match with a vehicle. */
function withoutPersons(
  fields: Readonly<Record<string, string | number | boolean | null>>,
): Record<string, string | number | boolean | null> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !secretFields.has(name))
      .map(([name, value]) =>
        name === 'plate' && typeof value === 'string'
          ? [name, `…${value.slice(-4)}`]
          : [name, value],
      ),
  )
}
