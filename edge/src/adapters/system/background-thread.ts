import { setPriority } from 'node:os'

/** Well below the usual 0, well above the idle 19: it still ends in good time on a busy machine. */
const background = 10

/**
 * Lets every other thread of the machine go first, the buses and the ledger above all. Linux keeps
 * a nice value per thread and takes 0 for the calling one (setpriority(2), "C library/kernel
 * differences"); elsewhere it would slow the whole process, so nothing is done.
 */
export function runInBackground(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, background)
  } catch {
    // A container may forbid it. The work is right at any priority.
  }
}
