import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createSerialPipe } from '@baari/hardware/transports/serial-pipe'
import { present } from '@baari/shared/faults/assert'
import { sharedMs } from '../../../hardware/test/rigs/paced-clock.ts'
import { waitUntil } from '../../clients/wait-until.ts'
import type { BenchWire } from './bench-wire.ts'
import {
  clock,
  openPolledLine,
  pauseMs,
  tcpLine,
  usualPollMs,
  type PolledLine,
} from './polled-line.ts'
import type { LinePlan } from './wire-messages.ts'

export type GoneTimes = {
  readonly how: string
  /** From the loss until the line is known to be down, or every device on it to be offline. */
  readonly noticedMs: number
  /** From the return until the first answered poll. */
  readonly backMs: number
}

type Site = { readonly wire: BenchWire; readonly line: number; readonly plan: LinePlan }

/** A way in which an adapter goes and comes back; each answers when it was done. */
type Adapter = {
  readonly how: string
  readonly polled: PolledLine
  leave(): Promise<number>
  comeBack(): Promise<number>
  close(): Promise<void>
}

const awayMs = 3_000
const patienceMs = 30_000

/** Takes the adapter away and brings it back, in each way that this machine has. */
export async function measureGone(
  site: Site,
  { rounds, folder }: { readonly rounds: number; readonly folder: string },
): Promise<readonly GoneTimes[]> {
  const times: GoneTimes[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const how of ['gone', 'mute'] as const) times.push(await goneOnce(await tcp(site, how)))
    if (hasSocat()) times.push(await goneOnce(await pty(site, join(folder, `adapter-${round}`))))
  }
  return times
}

export function hasSocat(): boolean {
  return spawnSync('socat', ['-V'], { stdio: 'ignore' }).status === 0
}

async function goneOnce(adapter: Adapter): Promise<GoneTimes> {
  const { how, polled } = adapter
  const { bus, meters } = polled
  const all = (state: 'online' | 'offline'): boolean =>
    meters.every((meter) => meter.health().state === state)
  const patience = { withinMs: patienceMs, everyMs: 5 }
  await waitUntil(
    { ...patience, what: `${how}: every device online` },
    () => all('online') || undefined,
  )
  const leftAtMs = await adapter.leave()
  await waitUntil(
    { ...patience, what: `${how}: the line down` },
    () => bus.state() !== 'open' || all('offline') || undefined,
  )
  const noticedMs = sharedMs() - leftAtMs
  await pauseMs(Math.max(0, awayMs - noticedMs))
  const before = bus.stats().replies
  const backAtMs = await adapter.comeBack()
  await waitUntil({ ...patience, what: `${how}: an answered poll` }, () =>
    bus.stats().replies > before ? true : undefined,
  )
  const backMs = sharedMs() - backAtMs
  await adapter.close()
  return { how, noticedMs, backMs }
}

async function tcp({ wire, line, plan }: Site, how: 'gone' | 'mute'): Promise<Adapter> {
  const pipe = tcpLine(present(wire.ports[line], 'a port'))
  const polled = await openPolledLine({ pipe, timing: plan.timing, pollMs: usualPollMs })
  return {
    how: how === 'gone' ? 'device server gone' : 'cable behind it pulled',
    polled,
    leave: () => wire.break(line, how),
    comeBack: () => wire.mend(line),
    close: () => polled.stop(),
  }
}

/** A pty stands for a USB adapter: it vanishes with the process that holds it. */
async function pty({ wire, line, plan }: Site, path: string): Promise<Adapter> {
  const port = present(wire.ports[line], 'a port')
  const plugIn = async (): Promise<ChildProcess> => {
    const ends = [`pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${port},nodelay`]
    const socat = spawn('socat', ends, { stdio: 'ignore' })
    await waitUntil({ what: 'a pty', withinMs: patienceMs, everyMs: 5 }, () =>
      existsSync(path) ? true : undefined,
    )
    return socat
  }
  const pull = async (socat: ChildProcess): Promise<void> => {
    const ended = new Promise((resolve) => socat.once('exit', resolve))
    socat.kill('SIGTERM')
    await ended
  }
  let socat = await plugIn()
  const pipe = createSerialPipe({
    ...{ name: 'adapter', clock, match: { path }, baud: plan.timing.baud },
    ...{ dataBits: 8, parity: 'even', stopBits: 1 },
  })
  const polled = await openPolledLine({ pipe, timing: plan.timing, pollMs: usualPollMs })
  return {
    how: 'USB adapter pulled (a pty)',
    polled,
    async leave() {
      await pull(socat)
      return sharedMs()
    },
    async comeBack() {
      socat = await plugIn()
      return sharedMs()
    },
    async close() {
      await polled.stop()
      await pull(socat)
    },
  }
}
