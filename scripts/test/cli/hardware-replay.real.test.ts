import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { createModbusMasterCodec } from '@baari/hardware/protocols/modbus/frame-codec'
import type { ModbusReply, ModbusRequest } from '@baari/hardware/protocols/modbus/frames'
import { serveSlaves, slaveDevice } from '@baari/hardware/simulators/modbus-slave'
import { createBus } from '@baari/hardware/transports/bus'
import { createMemoryWire } from '@baari/hardware/transports/memory-pipe'
import { recordedPipe } from '@baari/hardware/transports/recording/recorded-pipe'
import { openRingRecorder } from '@baari/hardware/transports/recording/ring-recorder'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { millis, monoAfter } from '@baari/shared/units/time'
import { afterEach, beforeEach, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-replay-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function replay(...args: readonly string[]) {
  const ran = spawnSync('node', ['scripts/cli/baari.mjs', 'hardware', 'replay', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  const lines = ran.stdout.split('\n').filter((line) => line.startsWith('{'))
  return {
    code: ran.status,
    lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

/** A real bus that asks a simulated slave, over a wire that is recorded. */
async function recordReads(path: string): Promise<void> {
  const clock = systemClock()
  const { near, far } = createMemoryWire(clock)
  far.start()
  serveSlaves(
    far,
    [
      slaveDevice(1, {
        read: (at, count) => Array.from({ length: count }, (_, i) => (at + i) * 3),
        write: () => null,
      }),
    ],
    clock,
  )
  const recorder = await openRingRecorder({ path, clock })
  const bus = createBus<ModbusRequest, ModbusReply>({
    name: 'rs1',
    pipe: recordedPipe(near, { recorder, clock }),
    codec: createModbusMasterCodec(),
    clock,
    timing: { baud: 19_200, bitsPerChar: 11 },
  })
  bus.start()
  for (const start of [10, 20]) {
    const answer = await bus.exchange({
      forms: [{ kind: 'read', address: 1, fn: 3, start, count: 2 }],
      priority: 'poll',
      timeoutMs: millis(5_000),
      retries: 0,
      deadline: monoAfter(clock.mono(), millis(30_000)),
    })
    expect(answer.ok).toBe(true)
  }
  await bus.close()
}

it('a line recorded by the station is told frame by frame, with direction and time', async () => {
  const path = join(folder, 'rs1.ring')
  await recordReads(path)
  const { code, lines } = replay(path, '--protocol', 'modbus')
  expect(code).toBe(0)
  const frames = lines.slice(0, -1)
  expect(frames.map(({ direction, kind }) => [direction, kind])).toEqual([
    ['out', 'frame'],
    ['in', 'frame'],
    ['out', 'frame'],
    ['in', 'frame'],
  ])
  expect(frames[1]).toMatchObject({ fields: { kind: 'registers', words: [30, 33] } })
  expect(frames.map(({ monoUs }) => Number(monoUs))).toEqual(
    frames.map(({ monoUs }) => Number(monoUs)).toSorted((a, b) => a - b),
  )
  expect(lines.at(-1)).toMatchObject({ ok: true, runs: 1, frames: 4, refused: 0, skippedBytes: 0 })
})

it('a file that is no recording, none at all and a wrong protocol end with their codes', () => {
  const path = join(folder, 'notes.txt')
  writeFileSync(path, 'not a ring')
  expect(replay(path, '--protocol', 'modbus')).toMatchObject({
    code: 1,
    lines: [{ ok: false, records: 0, skippedBytes: 10 }],
  })
  expect(replay(join(folder, 'gone'), '--protocol', 'modbus')).toMatchObject({
    code: 1,
    lines: [{ code: 'file_unreadable' }],
  })
  expect(replay(path)).toMatchObject({ code: 2, lines: [{ code: 'protocol_unknown' }] })
})
