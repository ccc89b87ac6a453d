/**
 * A scanner that types like a keyboard writes into whatever has the focus. It is told from a person
 * by the gaps between its keys (hardware.md section 6).
 */
const longestGapMs = 35
/** A person strikes two keys at once now and then, but not four. */
const surelyMachine = 4
const shortestScan = 8
const longestScan = 4_096

/** What every token begins with. */
const tokenPrefix = 'BAARI1:'
const layoutPrefix = 'BAARI-LAYOUT:'
/** The characters of a QR in alphanumeric mode: a keyboard layout must give each of them. */
const tokenCharacters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
/** The text of the code that is scanned at commissioning. */
export const layoutCode = `${layoutPrefix}${tokenCharacters}`

/** Keys that came faster than a person types. Times are milliseconds of one monotonic clock. */
export type WedgeRun = { readonly text: string; readonly lastAtMs: number }

export type WedgeKey = {
  readonly run: WedgeRun
  /** This key must not reach the focused field. */
  readonly captured: boolean
}

/** Takes one printable key: it goes on with the run, or begins a new one after a pause. */
export function takeKey(run: WedgeRun | null, key: string, atMs: number): WedgeKey {
  const goesOn = run !== null && atMs - run.lastAtMs < longestGapMs
  const text = goesOn ? (run.text + key).slice(0, longestScan) : key
  return { run: { text, lastAtMs: atMs }, captured: text.length >= surelyMachine }
}

export type WedgeScan =
  | { readonly kind: 'scan'; readonly text: string }
  /** The layout code, with the characters that arrive as others. */
  | { readonly kind: 'layout'; readonly wrong: string }
  /** A machine typed it and it is no token: another code, or another keyboard layout. */
  | { readonly kind: 'foreign' }

/** What a run was, when Enter or silence ended it; null for a person's typing. */
export function endRun(run: WedgeRun | null): WedgeScan | null {
  if (run === null || run.text.length < shortestScan) return null
  const { text } = run
  if (text.startsWith(tokenPrefix)) return { kind: 'scan', text }
  if (text.length === layoutCode.length) return { kind: 'layout', wrong: changedIn(text) }
  return { kind: 'foreign' }
}

/** The layout code is known by its length: under another layout its own prefix may be wrong. */
function changedIn(text: string): string {
  return [...tokenCharacters]
    .filter((character, index) => text[layoutPrefix.length + index] !== character)
    .join('')
}
