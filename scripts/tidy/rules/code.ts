import { isSource, isTest, rule, textRule, type Finding, type Rule, type Tree } from '../tree.ts'

/** Shapes of credentials that must never be committed, test accounts of vendors left aside. */
const secrets: readonly RegExp[] = [
  /-----BEGIN (RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----/,
  /\brzp_live_[A-Za-z0-9]{10,}/,
  /\bsk_live_[A-Za-z0-9]{10,}/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bAIza[A-Za-z0-9_-]{35}\b/,
  /\bSG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/,
]

const rawShareMax = 0.03

/** Typed errors are the rule in shipped code; a bare Error says nothing a caller can act on. */
function rawThrows(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  const sources = tree.files.filter((file) => /(^|\/)src\/.*\.tsx?$/.test(file) && !isTest(file))
  const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0
  const raw = sources.filter((file) => /\bthrow new Error\(/.test(tree.read(file)))
  const rawTotal = raw.reduce((n, file) => n + count(tree.read(file), /\bthrow new Error\(/g), 0)
  const total = sources.reduce((n, file) => n + count(tree.read(file), /^\s*throw /gm), 0)
  return rawTotal > total * rawShareMax
    ? raw.map((file) => ({ file, what: `throws a bare Error (${rawTotal} of ${total} throws)` }))
    : []
}

const debt = /(^|\s)(\/\/|\*|#).*\b(TODO|FIXME|XXX|HACK|placeholder)\b/m

export const codeRules: readonly Rule[] = [
  rule('raw-throws', rawThrows),
  textRule('parked-tests', isTest, (text) =>
    [...text.matchAll(/\b(?:it|test|describe)\.(?:skip|only|todo)\b(?!If)/g)].map(
      ([found]) => `${found}: repair or remove it; ctx.skip(condition, reason) says why`,
    ),
  ),
  textRule(
    'waiting-tests',
    (file) => isTest(file) && !file.includes('.real.test.'),
    (text) =>
      /\bsetTimeout\b|timers\/promises/.test(text)
        ? ['waits on the wall clock; use a manual clock']
        : [],
  ),
  textRule('debt', isSource, (text) => (debt.test(text) ? ['carries a note of undone work'] : [])),
  textRule(
    'secrets',
    (file) => !/\.(png|jpg|ico|woff2|onnx|db|bin)$/.test(file),
    (text) =>
      secrets.filter((shape) => shape.test(text)).map(() => 'holds what looks like a credential'),
  ),
]
