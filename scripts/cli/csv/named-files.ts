import { readFileSync } from 'node:fs'
import { CsvRefusal } from './csv-records.ts'

/**
 * Reads a file as UTF-8, by the name it was given.
 * @throws CsvRefusal when it cannot be read or is not UTF-8
 */
export function readNamed(name: string): { readonly name: string; readonly text: string } {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(name)
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    throw new CsvRefusal(name, { line: 1, column: 1, what })
  }
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    throw new CsvRefusal(name, { line: lineOfFault(bytes), column: 1, what: 'it is not UTF-8' })
  }
}

/** The first line that does not decode. */
function lineOfFault(bytes: Uint8Array): number {
  const loose = new TextDecoder('utf-8').decode(bytes)
  const at = loose.indexOf('\uFFFD')
  return at < 0 ? 1 : loose.slice(0, at).split('\n').length
}

/** @throws CsvRefusal when the seed is no whole number from 0 to 2^31 − 1 */
export function seedOf(text: string): number {
  const seed = Number(text)
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31) return seed
  throw new CsvRefusal('--seed', { line: 1, column: 1, what: `"${text}" is no seed` })
}

/** Runs a command; a malformed input is one sentence on the error stream and exit code 2. */
export async function refused(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof CsvRefusal)) throw error
    process.stderr.write(`${what}: ${error.message}\n`)
    process.exitCode = 2
  }
}
