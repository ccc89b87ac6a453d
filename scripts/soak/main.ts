import { commandLine } from '../dev/command-line.ts'
import { lastLine } from '../bench/figures/last-line.ts'
import { runSoak } from './soak.ts'

/**
 * `npm run soak [-- --minutes 60 --seed 1]`: a station at work for a time, and the node's memory
 * over it; the last line is one JSON object. A signal ends every part of it first.
 */
const endedBySignal = 130

const { values } = commandLine({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
if (!(minutes >= 1) || !Number.isSafeInteger(seed)) {
  console.error('npm run soak [-- --minutes N] [--seed N]; at least one minute')
  process.exitCode = 1
} else {
  const say = (line: string): void => console.log(line)
  const end = new AbortController()
  // Every part has a bound of its own after which it is killed: further signals change nothing.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => end.abort())
  const result = await runSoak({ minutes, seed, say, ended: end.signal })
  if (result === null) {
    console.log('ended before its time')
    process.exitCode = endedBySignal
  } else console.log(lastLine(result))
}
