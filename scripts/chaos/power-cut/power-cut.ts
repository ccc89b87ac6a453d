import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { powerCutLibrary } from '../../bootstrap/builds.mjs'

export type PowerCut = {
  /** The folder whose unsynced writes the cut takes back. Only one process may write below it. */
  readonly dir: string
  /**
   * With a seed, each unsynced 4 KiB page, length and name survives or not by chance, so writes
   * also reach the disk out of order. Without, everything unsynced is lost.
   */
  readonly seed?: number
  /** Cut right after so many changes below the folder, counted from 1. */
  readonly afterWrites?: number
  /** Cut at the entry of this fsync or fdatasync, counted from 1. */
  readonly atSync?: number
}

const library = resolve(import.meta.dirname, '../../..', powerCutLibrary)

/** Why no power can be cut on this machine; undefined when it can. */
export function powerCutMissing(): string | undefined {
  return existsSync(library) ? undefined : `${powerCutLibrary} is not built (Linux with gcc only)`
}

/** What a process killed from outside left beside the folder: names it had unlinked. */
function clearKept(dir: string): void {
  const mark = `${basename(dir)}.power-cut-`
  for (const name of readdirSync(dirname(dir))) {
    // The process that dies may still be clearing up itself.
    if (name.startsWith(mark)) rmSync(join(dirname(dir), name), { recursive: true, force: true })
  }
}

/**
 * The environment that runs one program under the library; give it to that program only, because
 * undo lives in the memory of the one process that writes. Makes the folder.
 */
export function powerCutEnv(
  { dir, seed, afterWrites, atSync }: PowerCut,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const folder = resolve(dir)
  mkdirSync(folder, { recursive: true })
  clearKept(folder)
  const text = (value: number | undefined): string => (value === undefined ? '' : String(value))
  return {
    ...base,
    LD_PRELOAD: [library, base['LD_PRELOAD']].filter(Boolean).join(' '),
    BAARI_CUT_DIR: folder,
    BAARI_CUT_SEED: text(seed),
    BAARI_CUT_AFTER: text(afterWrites),
    BAARI_CUT_SYNC: text(atSync),
    // Writes that the kernel takes from a ring never pass through the C library.
    UV_USE_IO_URING: '0',
  }
}

/** Cuts the power of a process that runs under the library. It ends by SIGKILL. */
export function cutNow(pid: number): void {
  process.kill(pid, 'SIGUSR2')
}
