import ts from 'typescript'
import type { Tree } from './tree.ts'

/** The binding list of faults and their expected outcomes. */
export const cataloguePath = 'hardware/test/vectors/fault_catalogue.json'
/** Its written table; `npm run faults` writes it anew. */
export const pagePath = 'docs/faults.md'

export type CatalogueFault = {
  readonly id: string
  readonly area: string
  readonly fault: string
  readonly expected: string
}

/** A test that names a fault in its title. */
export type FaultTest = { readonly file: string; readonly title: string }

export type TestedFault = CatalogueFault & { readonly tests: readonly FaultTest[] }

const isTestCode = (file: string): boolean =>
  /^(shared|hardware|edge|cloud|scripts)\/(.*\/)?test\/.*\.tsx?$/.test(file)

/** Every fault of the catalogue with the tests that name it, in the order of the catalogue. */
export function testedFaults(tree: Tree): readonly TestedFault[] {
  const catalogue = JSON.parse(tree.read(cataloguePath)) as readonly CatalogueFault[]
  const known = catalogue.map(({ id }) => id)
  const named = new RegExp(`\\b(${known.join('|')})\\b`, 'g')
  const found = new Map<string, FaultTest[]>(known.map((id) => [id, []]))
  for (const file of tree.files.filter(isTestCode)) {
    const text = tree.read(file)
    if (text.match(named) === null) continue
    for (const title of titlesIn(file, text))
      for (const id of new Set(title.match(named))) found.get(id)?.push({ file, title })
  }
  return catalogue.map((fault) => ({ ...fault, tests: found.get(fault.id) ?? [] }))
}

const testWords = new Set(['it', 'test', 'describe'])

/** Titles of tests and groups, and the rows of tables that begin with a fault's id. */
function titlesIn(file: string, text: string): readonly string[] {
  const titles: string[] = []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true)
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && testWords.has(wordOf(node.expression))) {
      const [first] = node.arguments
      if (first !== undefined) titles.push(...titlesOf(first))
    }
    // A table of cases that stands apart from its test.
    if (ts.isArrayLiteralExpression(node)) titles.push(...rowTitle(node))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return titles
}

/** `it` of `it.skipIf(x)('…')`. */
function wordOf(called: ts.Expression): string {
  if (ts.isIdentifier(called)) return called.text
  if (ts.isPropertyAccessExpression(called) || ts.isCallExpression(called))
    return wordOf(called.expression)
  return ''
}

function titlesOf(first: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(first)) return [first.text]
  if (ts.isTemplateExpression(first)) return [first.getText().slice(1, -1)]
  return []
}

/** The first cell of a row, when it begins with a fault's id. */
function rowTitle({ elements: [cell] }: ts.ArrayLiteralExpression): readonly string[] {
  return cell && ts.isStringLiteralLike(cell) && /^[A-Z]\d\d\b/.test(cell.text) ? [cell.text] : []
}

const inCell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*')

function testCell({ file, title }: FaultTest): string {
  const name = file
    .replace(/^.*\//, '')
    .replace(/(\.(real|long|property))?\.(test|contract)\.tsx?$/, '')
  return `[${name}](../${file}): ${inCell(title)}`
}

/** The page: a table with one row per fault. */
export function faultPage(tree: Tree): string {
  const rows = testedFaults(tree).map(
    ({ id, fault, expected, tests }) =>
      `| ${id} | ${inCell(fault)} | ${inCell(expected)} | ${tests.map(testCell).join('<br>')} |`,
  )
  return [
    '# Faults and the tests that hold them',
    '',
    'Written by `npm run faults` from `hardware/test/vectors/fault_catalogue.json` and the titles of',
    'the tests; `npm run check` refuses a fault without a test and a page that is out of date. The',
    'catalogue is our own and binding.',
    '',
    '| id | fault | expected | tests |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
