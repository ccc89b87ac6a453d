import { randomBytes, sign, type KeyObject } from 'node:crypto'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { stationNo } from '@baari/shared/units/names'
import { instant, mono } from '@baari/shared/units/time'
import { inlineLedger } from '@baari/edge/adapters/ledger/inline-ledger'
import { stationClock } from '@baari/edge/adapters/sync/station-clock'
import { sessionKeeper } from '@baari/edge/adapters/sync/session-keeper'
import { startUplink, type Uplink } from '@baari/edge/adapters/sync/link-supervisor'
import { commands, reads } from '@baari/edge/app/commands'
import type { Command } from '@baari/edge/ports/ledger'
import type { LedgerTx } from '@baari/edge/ports/ledger-tx'
import { systemClock } from '@baari/cloud/adapters/system/system-clock'
import { randomIds } from '@baari/cloud/adapters/system/random-ids'

export const testStation = 42
const kid = 142

/** Writes any fact to the outbox, as every use-case of the station does. */
const append: Command<LedgerTx, readonly Parameters<LedgerTx['outbox']['append']>[0][], null> = (
  tx,
  ops,
) => {
  for (const op of ops) tx.outbox.append(op)
  return null
}
const testCommands = { ...commands, 'test.append': append } as const

export type EdgeNodeOptions = {
  readonly file: string
  readonly cloudUrl: string
  readonly key: KeyObject
  readonly fetch?: typeof fetch
}

/** The sync part of a real node: its ledger file, its session and its uplink. */
export async function startEdgeNode({ file, cloudUrl, key, fetch: ask = fetch }: EdgeNodeOptions) {
  const alarms: string[] = []
  const faults: unknown[] = []
  const time = stationClock(systemClock)
  const instance = randomBytes(16).toString('hex')
  const ledger = inlineLedger({
    at: {
      file,
      station: stationNo(testStation),
      boot: randomBytes(8).toString('hex'),
      instance: randomIds.uuid(),
      version: 'test',
      now: { at: instant(Date.now()), mono: mono(0), trusted: false },
    },
    commands: testCommands,
    reads,
    ids: randomIds,
    now: () => time.now(),
  })
  const deps = {
    baseUrl: cloudUrl,
    fetch: ask,
    clock: systemClock,
    onTime: time.learn,
    ledger,
    identity: {
      station: testStation,
      kid,
      instance,
      sign: (text: string) => sign(null, Buffer.from(text), key).toString('base64url'),
    },
  }
  const keeper = sessionKeeper(deps)
  const uplink: Uplink = await startUplink({
    ...deps,
    keeper,
    time,
    prng: seededPrng(7),
    onAlarm: (code) => alarms.push(code),
    onFault: (error) => faults.push(error),
  })
  return {
    ledger,
    uplink,
    keeper,
    time,
    alarms,
    faults,
    async stop() {
      await uplink.stop()
      await ledger.close()
    },
  }
}

export type EdgeNode = Awaited<ReturnType<typeof startEdgeNode>>
