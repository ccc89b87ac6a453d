import { parseArgs } from 'node:util'
import { runFillKills, type FillKillsResult } from './fill-kills.ts'

/**
 * `npm run chaos [-- --count 50 --seed 1 --positions 4 | --quick]`: kills and power cuts in the
 * middle of fills. The seed is printed, so that a failure can be run again; the last line is the
 * figures as one JSON object.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    positions: { type: 'string', default: '4' },
    /** Shows that the run works, in CI; not that the node survives everything. */
    quick: { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const count = Number(values.count ?? (values.quick ? 4 : 50))
const seed = Number(values.seed)
const positions = Number(values.positions)
say(`chaos --count ${count} --seed ${seed} --positions ${positions}`)
const result = await runFillKills({ count, seed, positions, say })
for (const failure of result.failures) say(`FAILED ${failure}`)
say(JSON.stringify(summary(result, seed)))
process.exitCode = result.failures.length === 0 ? 0 : 1

function summary({ failures, ...figures }: FillKillsResult, ofSeed: number): object {
  const goal = (name: 'lost' | 'doubled'): object => ({
    name,
    value: figures[name],
    op: '==',
    goal: 0,
    pass: figures[name] === 0,
  })
  return {
    bench: 'chaos',
    figures: { ...figures, failures: failures.length },
    goals: [goal('lost'), goal('doubled')],
    rounds: figures.faults,
    seed: ofSeed,
  }
}
