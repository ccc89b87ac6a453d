import ts from 'typescript'
import { textRule, type Rule } from '../tree.ts'

/** Words the glossary replaces, and what it says instead. */
const banned: readonly { readonly word: RegExp; readonly say: string }[] = [
  { word: /^(re)?fuel(l?ing|l?ed|s)?$/i, say: 'filling' },
  { word: /^transactions?$/i, say: 'fill, sale or payment' },
  { word: /^pumps?$/i, say: 'dispenser, position or nozzle' },
  { word: /^units?$/i, say: 'dispenser, quantity or part' },
]

/** Places where a banned word means what the reader expects. */
const allowed =
  /pay[ -]?at[ -]?(the[ -])?pump|pump[ -]?admin|(database|SQLite|SQL|PostgreSQL) transactions?|transactions? of (the|a) database|src\/units|shared\/units|units\/|unit (tests?|run|suite)|UPI transaction/gi

const wordsOf = (name: string): readonly string[] =>
  name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z]+/)

function bannedIn(text: string): readonly string[] {
  const words = new Set(wordsOf(text.replace(allowed, ' ')))
  return banned.flatMap(({ word, say }) =>
    [...words].filter((one) => word.test(one)).map((one) => `says "${one}"; say ${say}`),
  )
}

function collect(text: string, wanted: (node: ts.Node) => string | undefined): readonly string[] {
  const source = ts.createSourceFile('a.tsx', text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TSX)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const one = wanted(node)
    if (one !== undefined) found.push(one)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** `payAtPump` is the trade's own word. */
const identifiers = (text: string): string =>
  collect(text, (node) => (ts.isIdentifier(node) ? node.text : undefined))
    .map((name) => name.replace(/payAtPump|pumpAdmin/gi, ''))
    .join(' ')

const shownText = (text: string): string =>
  collect(text, (node) =>
    ts.isJsxText(node) || (ts.isStringLiteralLike(node) && node.text.includes(' '))
      ? node.text
      : undefined,
  ).join('\n')

const screens = /^(edge\/kiosk|cloud\/driver-web|cloud\/dashboard)\/src\//

export const wordRules: readonly Rule[] = [
  textRule(
    'domain-words',
    (file) => /\/src\/domain\/.*\.ts$/.test(file),
    (text) => bannedIn(identifiers(text)),
  ),
  textRule(
    'shown-words',
    (file) =>
      (screens.test(file) && /\.tsx?$/.test(file)) || file === 'shared/src/faults/catalogue.ts',
    (text) => bannedIn(shownText(text)),
  ),
  textRule(
    'translated-words',
    (file) => screens.test(file) && /\/i18n\/.*\.json$/.test(file),
    (text) => bannedIn(text),
  ),
]
