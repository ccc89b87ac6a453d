import { describe, expect, it } from 'vitest'
import { faultPage, pagePath, testedFaults } from '../tidy/fault-tests.ts'
import { judge, rules } from '../tidy/judge.ts'
import { treeOf, type Finding } from '../tidy/tree.ts'

const findingsIn = (files: Readonly<Record<string, string>>): readonly Finding[] =>
  judge(
    treeOf(Object.keys(files), (file) => files[file] ?? ''),
    [],
  )

const adr = (date: string): string =>
  `# A choice\n\nDate: ${date}\n\n` +
  ['Status', 'Context', 'Decision', 'Consequences', 'What would change our mind']
    .map((heading) => `## ${heading}\n\nWords.\n`)
    .join('\n')

const faults = (...ids: readonly string[]): string =>
  JSON.stringify(ids.map((id) => ({ id, area: 'safety', fault: 'a wire', expected: 'stops' })))

/** What each rule must object to; assembled words keep this file clear of its own rules. */
const bad: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  names: { 'edge/src/domain/fill/fill-utils.ts': '' },
  folders: { 'edge/src/services/fill.ts': '' },
  references: {
    'edge/package.json': '{"dependencies":{"@baari/shared":"0.1.0"}}',
    'edge/tsconfig.json': '{"references":[]}',
  },
  barrels: { 'shared/src/units/all.ts': `export * from './mass.ts'\n` },
  'file-size': { 'edge/src/ports/ledger.ts': '//\n'.repeat(401) },
  'function-size': {
    'edge/src/ports/ledger.ts': `export function long() {\n${'  work()\n'.repeat(70)}}\n`,
  },
  'domain-words': { 'edge/src/domain/fill/fill.ts': 'export const startFuelling = 1\n' },
  'shown-words': { 'edge/kiosk/src/screens/board.tsx': 'export const A = <p>Go to pump 3</p>\n' },
  'translated-words': { 'edge/kiosk/src/i18n/en.json': '{"busy":"The unit is busy"}' },
  links: { 'docs/protocols/sync.md': 'See [the specification](../specs/gone.md).' },
  adr: { 'docs/adr/0002-second.md': adr('2026-11-22') },
  specs: {
    'docs/specs/fill.md': '- [test](../../edge/test/fill.test.ts): “a gram is sold twice”',
    'edge/test/fill.test.ts': `it('a gram is sold once')`,
  },
  workplace: { 'edge/src/config.ts': `const folder = '${'/wo'}rk/data'\n` },
  'raw-throws': { 'edge/src/config.ts': `  throw new ${'Err'}or('no')\n` },
  'parked-tests': { 'edge/test/fill.test.ts': `it.${'on'}ly('a claim')` },
  'waiting-tests': { 'edge/test/fill.test.ts': `${'setTime'}out(done, 100)` },
  debt: { 'edge/src/config.ts': `// ${'TO'}DO: later\n` },
  'fault-tests': {
    'hardware/test/vectors/fault_catalogue.json': faults('X01', 'X02'),
    'edge/test/safety.test.ts': `it('X01: a pressed ESD stops', () => {})`,
  },
  secrets: { 'edge/src/config.ts': `const key = 'rzp_${'live'}_abcdefghijkl'\n` },
}

/** What looks similar and is right. */
const good: Readonly<Record<string, string>> = {
  'README.md': 'See [the decisions](docs/adr/0001-first.md) and [Node](https://nodejs.org).',
  'docs/adr/0001-first.md': adr('2026-11-22'),
  'docs/specs/fill.md': '- [test](../../edge/test/fill.test.ts): “a gram is sold once”',
  'edge/package.json': '{"dependencies":{"@baari/shared":"0.1.0","hono":"4"}}',
  'edge/tsconfig.json': '{"references":[{"path":"../shared"}]}',
  'edge/migrations/0001_start.sql': 'CREATE TABLE fill (grams INTEGER)',
  'edge/src/domain/fill/fill.ts': `import { grams } from '@baari/shared/units/mass'\nexport const payAtPump = grams\n`,
  'edge/test/fill.test.ts': `it.skipIf(missing)('a gram is sold once')`,
  'edge/test/fill.real.test.ts': `${'setTime'}out(done, 100)`,
  'edge/kiosk/src/screens/board.tsx':
    'export const A = <p>Pay at pump</p>\nexport const B = <input placeholder="Code" />\n',
  'shared/src/faults/catalogue.ts': `const a = 'Rolled back with its database transaction.'\n`,
}

describe('tidy', () => {
  it.each(Object.entries(bad))('%s objects to what breaks it', (rule, files) => {
    expect(findingsIn(files).map((found) => found.rule)).toContain(rule)
  })

  it('every rule has something it must object to', () => {
    expect(Object.keys(bad).sort()).toEqual(rules.map(({ name }) => name).sort())
  })

  it('a sound tree has no findings', () => {
    expect(findingsIn(good)).toEqual([])
  })

  it('a fault is held by a title, a table row or a group, and the page must say so', () => {
    const catalogue = 'hardware/test/vectors/fault_catalogue.json'
    const files: Record<string, string> = {
      [catalogue]: faults('X01', 'X02', 'X03'),
      'edge/test/safety.test.ts': [
        `describe('X01: the trip', () => undefined)`,
        `it.each([['X02 | a gas alarm', 1]])('%s blocks', () => undefined)`,
        `it.skipIf(missing)('X03 and X01: stale is unsafe', () => undefined)`,
        `const X02 = 'X02 in no title'`,
      ].join('\n'),
    }
    const tree = treeOf(Object.keys(files), (file) => files[file] ?? '')
    expect(testedFaults(tree).map(({ tests }) => tests.map(({ title }) => title))).toEqual([
      ['X01: the trip', 'X03 and X01: stale is unsafe'],
      ['X02 | a gas alarm'],
      ['X03 and X01: stale is unsafe'],
    ])
    expect(findingsIn(files).map(({ file }) => file)).toEqual([pagePath])
    expect(findingsIn({ ...files, [pagePath]: faultPage(tree) })).toEqual([])
  })

  it('an exception excuses its own finding, and one that excuses nothing is a finding', () => {
    const file = 'edge/src/ports/ledger.ts'
    const long = treeOf([file], () => '//\n'.repeat(401))
    const exception = { rule: 'file-size', file, reason: 'a table' }
    expect(judge(long, [exception])).toEqual([])
    const short = treeOf([file], () => '')
    expect(judge(short, [exception]).map(({ what }) => what)).toEqual([
      'is an exception that excuses nothing',
    ])
  })
})
