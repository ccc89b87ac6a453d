import ts from 'typescript'
import { isSource, isTest, rule, type Finding, type Rule, type Tree } from '../tree.ts'

const fileLinesMax = 400
const functionLinesMax = 70
const functionLinesWarned = 40

export type FunctionSize = {
  readonly file: string
  readonly name: string
  readonly line: number
  readonly lines: number
}

const linesOf = (text: string): number => text.replace(/\n$/, '').split('\n').length

function longFiles(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  return tree.files.filter(isSource).flatMap((file) => {
    const lines = linesOf(tree.read(file))
    return lines > fileLinesMax
      ? [{ file, what: `${lines} lines; the limit is ${fileLinesMax}` }]
      : []
  })
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined && ts.isIdentifier(node.name)) return node.name.text
  const parent = node.parent
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)
    ? parent.name.text
    : '(anonymous)'
}

function sizesIn(file: string, text: string): readonly FunctionSize[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true)
  const found: FunctionSize[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line
      const end = source.getLineAndCharacterOfPosition(node.getEnd()).line
      found.push({ file, name: nameOf(node), line: start + 1, lines: end - start + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const isSuite = (file: string): boolean => isTest(file) || /(^|\/)test\//.test(file)

/** Sizes of all functions outside tests and contract suites, whose `describe` bodies hold claims. */
export function functionSizes(tree: Tree): readonly FunctionSize[] {
  return tree.files
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !isSuite(file))
    .flatMap((file) => sizesIn(file, tree.read(file)))
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0

/** One line of how large things are, and the functions a reviewer should look at first. */
export function sizeReport(tree: Tree): readonly string[] {
  const files = tree.files
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file))
    .map((file) => linesOf(tree.read(file)))
    .sort((a, b) => a - b)
  const functions = functionSizes(tree)
  const lines = functions.map((one) => one.lines).sort((a, b) => a - b)
  return [
    `files ${files.length}: p50 ${quantile(files, 0.5)}, p90 ${quantile(files, 0.9)} lines; ` +
      `functions ${lines.length}: p50 ${quantile(lines, 0.5)}, p90 ${quantile(lines, 0.9)} lines`,
    ...functions
      .filter((one) => one.lines > functionLinesWarned && one.lines <= functionLinesMax)
      .map((one) => `long: ${one.file} ${one.name} has ${one.lines} lines`),
  ]
}

export const sizeRules: readonly Rule[] = [
  rule('file-size', longFiles),
  rule('function-size', (tree) =>
    functionSizes(tree)
      .filter(({ lines }) => lines > functionLinesMax)
      .map(({ file, name, lines }) => ({
        file,
        what: `${name} has ${lines} lines; the limit is ${functionLinesMax}`,
      })),
  ),
]
