import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { endianness } from 'node:os'
import { resolve } from 'node:path'
import { clockStepLibrary } from '../../bootstrap/builds.mjs'

const library = resolve(import.meta.dirname, '../../..', clockStepLibrary)

/** Why no clock can be stepped on this machine; undefined when it can. */
export function clockStepMissing(): string | undefined {
  return existsSync(library) ? undefined : `${clockStepLibrary} is not built (Linux with gcc only)`
}

/** A wall clock that one program sees; its monotonic clock stays the machine's. */
export type SteppedClock = {
  readonly env: NodeJS.ProcessEnv
  /** Milliseconds ahead of the machine's wall clock; negative is behind. */
  stepTo(offsetMs: number): void
}

/** The environment that runs one program under a wall clock of its own, kept in `file`. */
export function steppedClock(file: string, base: NodeJS.ProcessEnv = process.env): SteppedClock {
  const write = (offsetMs: number): void => {
    const bytes = Buffer.alloc(8)
    if (endianness() === 'LE') bytes.writeBigInt64LE(BigInt(offsetMs))
    else bytes.writeBigInt64BE(BigInt(offsetMs))
    const open = openSync(file, existsSync(file) ? 'r+' : 'w+')
    try {
      writeSync(open, bytes, 0, 8, 0)
    } finally {
      closeSync(open)
    }
  }
  write(0)
  return {
    env: {
      ...base,
      LD_PRELOAD: [library, base['LD_PRELOAD']].filter(Boolean).join(' '),
      BAARI_CLOCK_FILE: file,
    },
    stepTo: write,
  }
}
