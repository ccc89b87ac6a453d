import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { tableOf, type RowSet, type Scale } from '@baari/shared/domain/forecast/pool/training-set'
import { rowMajor } from '@baari/shared/domain/forecast/trees/feature-table'

/** Debian's own, whose packages apt installs; another one on the path would not see them. */
const python = '/usr/bin/python3'
const script = fileURLToPath(new URL('../peers/sklearn/fit.py', import.meta.url))
const fitWithinMs = 300_000

/** Whether scikit-learn is there; the reason when it is not. */
export function sklearnMissing(): string | undefined {
  const { status } = spawnSync(python, ['-c', 'import sklearn'], { timeout: 60_000 })
  return status === 0
    ? undefined
    : 'scikit-learn is missing, and with it its figures: apt-get install python3-sklearn'
}

export type PeerFit = {
  /** Processor time. */
  readonly fitSeconds: number
  /** By row of the future, on the scale it was fitted on. */
  readonly answers: Float64Array
}

export type PeerOn = {
  readonly training: RowSet
  readonly future: RowSet
  readonly scale: Scale
  readonly target: Float64Array
  readonly weight: Float64Array
  readonly seed: number
}

/** Fits the peer on exactly the rows and features that ours is fitted on, in one thread. */
export function fitSklearn(on: PeerOn): PeerFit {
  const folder = mkdtempSync(join(tmpdir(), 'baari-sklearn-'))
  try {
    const training = tableOf(on.training, on.scale)
    const put = (name: string, values: Float32Array | Float64Array): void =>
      writeFileSync(
        join(folder, name),
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      )
    put('training.f32', rowMajor(training))
    put('test.f32', rowMajor(tableOf(on.future, on.scale)))
    put('target.f64', on.target)
    put('weight.f64', on.weight)
    const ask = { folder, features: training.names.length, seed: on.seed }
    const ran = spawnSync(python, [script], {
      input: `${JSON.stringify(ask)}\n`,
      encoding: 'utf8',
      timeout: fitWithinMs,
      env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    })
    if (ran.status !== 0) throw new Error(`scikit-learn failed: ${ran.stderr}`)
    const { fitSeconds } = z.object({ fitSeconds: z.number() }).parse(JSON.parse(ran.stdout))
    const bytes = readFileSync(join(folder, 'answers.f64'))
    const answers = new Float64Array(bytes.byteLength / 8)
    new Uint8Array(answers.buffer).set(bytes)
    return { fitSeconds, answers }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
