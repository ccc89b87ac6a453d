import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scenarioSchema } from '@baari/shared/contracts/twin/scenario'
import { stationOf } from '@baari/shared/contracts/twin/scenario-station'
import { whatIf, type Answer, type NoAnswer } from '@baari/shared/domain/twin/what-if'
import { textTable } from '../clients/text-table.ts'
import { textOf } from '../bench/twin/judged.ts'
import { readOptions, usage } from './options.ts'
import { pictureOf } from './picture.ts'
import { readYaml, wordsOf } from './scenario-file.ts'

const folder = join('out', 'twin')

/**
 * `npm run twin -- --scenario FILE [--what CHANGE …]`: what a change would do at a station, as a
 * table and a picture.
 */
function main(): number {
  const options = readOptions(process.argv.slice(2))
  if (!options.ok) return complain(`${options.error}\n${usage}`)
  const read = readYaml(options.value.scenario, scenarioSchema)
  if (!read.ok) return complain(wordsOf(read.error))
  const scenario = read.value
  const { changes, seed = scenario.seed, replications = scenario.replications } = options.value
  console.log(`${scenario.name}: ${replications} replications, seed ${seed}`)
  const answer = whatIf(stationOf(scenario), changes, { seed, replications })
  if (!answer.ok) return complain(reasonOf(answer.error))
  for (const line of table(answer.value)) console.log(line)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${scenario.name.replaceAll(/[^A-Za-z0-9]+/g, '-').toLowerCase()}.svg`)
  writeFileSync(file, pictureOf(scenario.name, answer.value))
  console.log(file)
  return 0
}

function table({ b, now, then, difference }: Answer): readonly string[] {
  const changed = then === undefined || difference === undefined ? [] : [then, difference]
  const sides = [b, now, ...changed]
  const heads = ['minutes', 'first come first served', 'the rule now', 'with the change', 'change']
  const row = (label: string, key: 'allMean' | 'bookedP95' | 'walkInMean' | 'walkInP95') => [
    label,
    ...sides.map((side) => (Number.isFinite(side[key].mean) ? textOf(side[key]) : '–')),
  ]
  return textTable([
    heads.slice(0, sides.length + 1),
    row('everybody, mean wait', 'allMean'),
    row('booked, 95 % start within', 'bookedP95'),
    row('walk-in, mean wait', 'walkInMean'),
    row('walk-in, 95 % start within', 'walkInP95'),
  ])
}

function reasonOf(no: NoAnswer): string {
  switch (no.code) {
    case 'no_position_left':
      return 'no_position_left: the station has one position'
    case 'overloaded':
      return `overloaded: the positions left would get ${(no.load * 100).toFixed(0)} % of the work they can do`
    case 'no_cap_in_steady_state':
      return 'no_cap_in_steady_state: a cap belongs to a day; say booked-share=… here'
  }
}

function complain(text: string): number {
  console.error(text)
  return 1
}

process.exitCode = main()
