import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { clockStepMissing, steppedClock, type SteppedClock } from '../clock-step/clock-step.ts'
import { temporaryFolder } from '../../dev/temporary-folder.ts'
import { powerCutEnv, powerCutMissing } from '../power-cut/power-cut.ts'

/** Small enough to be filled at once, with a reserve in proportion. */
const diskBytes = 160 * 1_048_576
const reserveMb = 48
const ballast = 'ballast'
/** What of a world does not lie on the node's disk: the rest of it stands elsewhere. */
const elsewhere = ['postgres', 'cloud', 'logs', 'parts', 'secrets', 'station'] as const

/** What lies under the node's process: a small disk, a power supply and a wall clock of its own. */
export type Underneath = {
  readonly edgeEnv: Readonly<Record<string, string>>
  readonly clock: SteppedClock | undefined
  readonly canCutPower: boolean
  /** Undefined where no file system of its own can be mounted. */
  readonly disk: { fill(): void; clear(): void } | undefined
  /** Where the simulated station keeps its counters: not on the node's disk. */
  readonly stationWorldFile: string
  /** What a power cut leaves beside the folder must be gone before the next start. */
  afterCut(): void
  undo(): void
}

/**
 * Prepares the folder of a node that will be troubled. What this machine cannot do is left out, and
 * `say` tells so.
 */
export function putUnderneath(
  folder: string,
  { seed, say }: { readonly seed: number; readonly say: (line: string) => void },
): Underneath {
  const dir = join(folder, 'edge')
  const unmount = mountDisk(folder, say)
  mkdirSync(dir, { recursive: true })
  mkdirSync(join(folder, 'station'), { recursive: true })
  const noPower = powerCutMissing()
  const noClock = clockStepMissing()
  for (const missing of [noPower, noClock]) if (missing !== undefined) say(missing)
  const clock = noClock === undefined ? steppedClock(join(folder, 'clock'), {}) : undefined
  const cut = (): NodeJS.ProcessEnv => powerCutEnv({ dir, seed }, clock?.env ?? {})
  const env = noPower === undefined ? cut() : (clock?.env ?? {})
  return {
    edgeEnv: Object.fromEntries(
      Object.entries({ ...env, BAARI_RESERVE_MB: String(reserveMb) }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
    clock,
    stationWorldFile: join(folder, 'station', 'world.json'),
    canCutPower: noPower === undefined,
    disk: unmount === undefined ? undefined : smallDisk(folder),
    afterCut: () => void (noPower === undefined && cut()),
    undo: () => unmount?.(),
  }
}

/**
 * A disk of its own for the node. The library that cuts power keeps what was unlinked beside the
 * folder it follows and on the same disk, so the disk holds the world's folder, and what is not the
 * node's is bound into it from the machine's own.
 */
function mountDisk(folder: string, say: (line: string) => void): (() => void) | undefined {
  const rest = temporaryFolder('chaos-rest')
  const undo = (): void => {
    for (const name of elsewhere) run('umount', ['-l', join(folder, name)])
    run('umount', ['-l', folder])
    rmSync(rest, { recursive: true, force: true })
  }
  if (!run('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=0711`, 'tmpfs', folder])) {
    rmSync(rest, { recursive: true, force: true })
    say('no disk of its own for the node (mounting one takes root): it is not filled')
    return undefined
  }
  for (const name of elsewhere) {
    mkdirSync(join(rest, name))
    mkdirSync(join(folder, name))
    run('mount', ['--bind', join(rest, name), join(folder, name)])
  }
  return undo
}

function took(open: number, bytes: Buffer): boolean {
  try {
    return writeSync(open, bytes) === bytes.length
  } catch {
    return false
  }
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

function smallDisk(dir: string): NonNullable<Underneath['disk']> {
  const file = join(dir, ballast)
  return {
    fill() {
      const open = openSync(file, 'w')
      // In big steps first and then in small ones, because the node is writing too.
      for (const bytes of [1_048_576, 4_096]) while (took(open, Buffer.alloc(bytes)));
      closeSync(open)
    },
    clear: () => rmSync(file, { force: true }),
  }
}
