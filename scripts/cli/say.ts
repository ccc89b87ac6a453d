export function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** One sentence on the error stream, and exit code 1. */
export function printRefusal(what: string, why: unknown): void {
  const reason = why instanceof Error ? why.message : String(why)
  process.stderr.write(`${what}: ${reason}\n`)
  process.exitCode = 1
}
