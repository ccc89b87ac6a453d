/** One short line about the house itself, apart from what the started program prints. */
export function say(line) {
  process.stderr.write(`baari: ${line}\n`)
}

/** Ends with a sentence a person can act on instead of a stack. */
export class Stop extends Error {}

/** Runs `main`; a `Stop` prints its sentence and the process ends with 1. */
export async function orStop(main) {
  try {
    await main()
  } catch (reason) {
    if (!(reason instanceof Stop)) throw reason
    say(reason.message)
    process.exitCode = 1
  }
}
