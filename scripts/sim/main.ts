import { runWorld } from './world/world.ts'

const seed = Number(process.argv[2] ?? 1)
const from = performance.now()
const result = await runWorld({
  seed,
  stations: Number(process.argv[3] ?? 1),
  days: Number(process.argv[4] ?? 1),
  vehicles: 100,
  faults: {},
  plant: (process.argv[5] ?? null) as never,
  trace: process.env['TRACE'] !== undefined,
})
for (const line of result.trace) console.log(line)
console.log(JSON.stringify({ ...result, trace: undefined }, null, 1), performance.now() - from)
