import { dirname, normalize } from 'node:path'
import { isDocument, rule, textRule, type Finding, type Rule, type Tree } from '../tree.ts'

type Link = { readonly line: string; readonly target: string }

/** Links of a document, without code blocks, pictures' addresses included. */
function linksIn(text: string): readonly Link[] {
  return text
    .replace(/^```[\s\S]*?^```/gm, '')
    .split('\n')
    .flatMap((line) =>
      [
        ...line.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length)).matchAll(/\]\(([^)\s]+)\)/g),
      ].map(([, target = '']) => ({ line, target })),
    )
}

const isOutside = (target: string): boolean => /^([a-z]+:|#)/.test(target)

const pathOf = (file: string, target: string): string =>
  normalize(`${dirname(file)}/${target.split('#')[0] ?? ''}`).replace(/\/$/, '')

function brokenLinks(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  return tree.files.filter(isDocument).flatMap((file) =>
    linksIn(tree.read(file)).flatMap(({ target }) => {
      if (isOutside(target)) return []
      if (/#L\d+/.test(target)) return [{ file, what: `${target} names a line, which moves` }]
      return tree.has(pathOf(file, target)) ? [] : [{ file, what: `${target} leads nowhere` }]
    }),
  )
}

const adrHeadings = ['Status', 'Context', 'Decision', 'Consequences', 'What would change our mind']

function adrFaults(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  const adrs = tree.files.filter((file) => /^docs\/adr\/[^/]+\.md$/.test(file))
  return adrs.flatMap((file, index) => {
    const wanted = String(index + 1).padStart(4, '0')
    const text = tree.read(file)
    const missing = adrHeadings.filter((heading) => !new RegExp(`^## ${heading}$`, 'm').test(text))
    return [
      ...(file.startsWith(`docs/adr/${wanted}-`)
        ? []
        : [{ file, what: `expected number ${wanted}` }]),
      ...(/^Date: \d{4}-\d\d-\d\d$/m.test(text)
        ? []
        : [{ file, what: 'no line "Date: YYYY-MM-DD"' }]),
      ...missing.map((heading) => ({ file, what: `no heading "${heading}"` })),
    ]
  })
}

/** Claims a spec quotes on a line that links a test: “a nozzle returned without flow …”. */
const claimsOn = (line: string): readonly string[] =>
  [...line.matchAll(/[“"]([^”"]+)[”"]/g)].map(([, claim = '']) => claim)

function specFaults(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  const specs = tree.files.filter((file) => /^docs\/specs\/[^/]+\.md$/.test(file))
  return specs.flatMap((file) => {
    const tests = linksIn(tree.read(file)).filter(({ target }) => /\.test\.tsx?$/.test(target))
    if (tests.length === 0) return [{ file, what: 'names no test' }]
    return tests.flatMap(({ line, target }) => {
      const path = pathOf(file, target)
      if (!tree.has(path)) return []
      const text = tree.read(path)
      return claimsOn(line)
        .filter((claim) => !text.includes(claim))
        .map((claim) => ({ file, what: `${path} has no test "${claim}"` }))
    })
  })
}

export const documentRules: readonly Rule[] = [
  rule('links', brokenLinks),
  rule('adr', adrFaults),
  rule('specs', specFaults),
  textRule(
    'workplace',
    (file) => !file.startsWith('scripts/tidy/') && !file.endsWith('package-lock.json'),
    (text) => (/(^|[\s'"`(])\/work\//m.test(text) ? ['names a folder of one machine'] : []),
  ),
]
