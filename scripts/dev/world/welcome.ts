import { demoStation } from './seed.ts'
import type { Places } from './places.ts'
import type { WorldSecrets } from './secrets.ts'

type Row = readonly [what: string, where: string, login: string]

/** The table a newcomer reads first: what runs, where, and how to get in. */
export function welcome(places: Places, secrets: WorldSecrets, logs: string): string {
  const local = (port: number): string => `http://127.0.0.1:${port}`
  const pins = secrets.attendants.map(({ name, pin, role }) =>
    role === 'manager' ? `${name} (manager) ${pin}` : `${name} ${pin}`,
  )
  const rows: readonly Row[] = [
    ['Driver page', local(places.cloud), `any mobile number; the code is among the messages`],
    ['Messages sent', local(places.sandbox), 'what phones would have received'],
    ['Kiosk', local(places.edge), `PIN: ${pins[0] ?? ''}`],
    ...pins.slice(1).map((pin): Row => ['', '', `     ${pin}`]),
    [
      'Operators',
      `${local(places.cloud)}/operator/`,
      `${secrets.operator.email} / ${secrets.operator.password}`,
    ],
    ['Cloud API', `${local(places.cloud)}/docs`, ''],
    ['Node API', `${local(places.edge)}/docs`, ''],
    [
      'Simulated station',
      `${local(places.stationControl)}/world`,
      'four positions, real bytes over TCP',
    ],
    ['Logs', logs, ''],
  ]
  return [
    '',
    `Baari runs: station ${demoStation.no}, ${demoStation.name}, and its cloud.`,
    '',
    ...table(rows),
    '',
    'Ctrl-C ends all of it; the data stays for the next start. `npm run reset` empties it.',
    '',
  ].join('\n')
}

function table(rows: readonly Row[]): readonly string[] {
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length))
  return rows.map(([what, where, login]) =>
    `  ${what.padEnd(width(0))}  ${where.padEnd(width(1))}  ${login}`.trimEnd(),
  )
}
