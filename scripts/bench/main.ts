import { commandLine } from '../dev/command-line.ts'
import type { Bench } from './bench.ts'
import { lastLine } from './figures/last-line.ts'
import { bench as downlink } from './downlink/downlink-bench.ts'
import { bench as fleet } from './fleet/fleet-bench.ts'
import { bench as forecast } from './forecast/forecast-bench.ts'
import { bench as fuzz } from './fuzz/fuzz-bench.ts'
import { bench as poll } from './poll/poll-bench.ts'
import { bench as scan } from './scan/scan-bench.ts'
import { bench as telemetry } from './telemetry/telemetry-bench.ts'
import { bench as twin } from './twin/twin-bench.ts'
import { bench as uplink } from './uplink/uplink-bench.ts'
import { bench as wire } from './wire/wire-bench.ts'

const benches: readonly Bench[] = [
  ...[scan, uplink, downlink, fleet, fuzz, poll, wire, telemetry, twin, forecast],
]

/** `npm run bench -- NAME [--quick] [--no-peers] [--seed N] [--loss N]`; the last line is one JSON object. */
async function main(): Promise<number> {
  const { values, positionals } = commandLine({
    allowPositionals: true,
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: true },
      seed: { type: 'string', default: '1' },
      loss: { type: 'string' },
      reps: { type: 'string' },
      days: { type: 'string' },
      scenario: { type: 'string' },
    },
  })
  const bench = benches.find(({ name }) => name === positionals[0])
  const seed = Number(values.seed)
  const counts = {
    ...(values.loss === undefined ? {} : { loss: Number(values.loss) }),
    ...(values.reps === undefined ? {} : { reps: Number(values.reps) }),
    ...(values.days === undefined ? {} : { days: Number(values.days) }),
  }
  const numbers = [seed, ...Object.values(counts)]
  if (bench === undefined || positionals.length !== 1 || !numbers.every(Number.isSafeInteger)) {
    const names = benches.map(({ name }) => name).join(', ')
    console.error(
      'npm run bench -- NAME [--quick] [--no-peers] [--seed N], for telemetry also [--loss N], ' +
        'for twin [--reps N] [--days N] [--scenario FILE]; ' +
        `NAME is one of ${names}`,
    )
    return 1
  }
  const say = (line: string): void => console.log(line)
  const { quick, peers } = values
  const scenario = values.scenario === undefined ? {} : { scenario: values.scenario }
  const result = await bench.run({ quick, peers, seed, ...counts, ...scenario, say })
  console.log(lastLine(result))
  return 0
}

process.exitCode = await main()
