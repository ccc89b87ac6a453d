import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { clockStepMissing, steppedClock } from '../chaos/clock-step/clock-step.ts'

const hourMs = 3_600_000
/** Says both clocks for each line it is given. */
const teller = `process.stdin.on('data', () => console.log(Date.now(), performance.now()))`

it('the wall clock of one process steps while it runs, its monotonic clock does not', async ({
  skip,
}) => {
  const missing = clockStepMissing()
  skip(missing !== undefined, missing)
  const folder = mkdtempSync(join(tmpdir(), 'baari-clock-'))
  const clock = steppedClock(join(folder, 'clock'))
  const child = spawn(process.execPath, ['-e', teller], {
    env: clock.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const ask = async (): Promise<{ readonly ahead: number; readonly mono: number }> => {
      child.stdin.write('?\n')
      const line = await lines.next()
      const [wall = NaN, mono = NaN] = String(line.value).split(' ').map(Number)
      return { ahead: Math.round((wall - Date.now()) / hourMs) + 0, mono }
    }
    const first = await ask()
    clock.stepTo(24 * hourMs)
    const ahead = await ask()
    clock.stepTo(-24 * hourMs)
    const behind = await ask()
    expect([first.ahead, ahead.ahead, behind.ahead]).toEqual([0, 24, -24])
    expect(ahead.mono).toBeGreaterThan(first.mono)
    expect(behind.mono - first.mono).toBeLessThan(hourMs)
  } finally {
    child.kill()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
})
