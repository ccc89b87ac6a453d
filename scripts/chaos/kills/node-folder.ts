import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inlineLedger } from '@baari/edge/adapters/ledger/inline-ledger'
import { writeHeldKeySet } from '@baari/edge/adapters/system/key-set-file'
import { systemIds } from '@baari/edge/adapters/system/system-ids'
import { commands, reads } from '@baari/edge/app/commands'
import type { FollowInput } from '@baari/edge/app/sync/follow-commands'
import { stationNo } from '@baari/shared/units/names'
import { after, before, hours, instant, mono } from '@baari/shared/units/time'
import { hash } from '@node-rs/argon2'
import { tokenPressOf, type TokenPress } from '../../clients/token-press.ts'

export const stationOfKills = 42

export type NodeFolder = {
  readonly attendant: { readonly name: string; readonly pin: string }
  /** Signs tokens that this node believes and has never heard of. */
  readonly press: TokenPress
}

const attendant = { name: 'Kavita', pin: '4821' } as const
/** The PIN guards a folder that lives for minutes; the run signs in once per kill. */
const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 } as const
const monthHours = 720

/**
 * The data of a node as weeks of a cloud would have left it, which is then gone: a price, an
 * attendant and the keys of tokens. The rows go the way that the cloud's shapes go.
 */
export async function writeNodeFolder(folder: string, stationFile: string): Promise<NodeFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'station.yaml'), stationFile)
  const now = { at: instant(Date.now()), mono: mono(0), trusted: true }
  const ids = systemIds()
  const ledger = inlineLedger({
    at: {
      file: join(folder, 'ledger.db'),
      station: stationNo(stationOfKills),
      boot: ids.hex(16),
      instance: ids.uuid(),
      version: 'chaos',
      now,
    },
    ...{ commands, reads, ids, now: () => now },
  })
  const follow = (name: FollowInput['name'], row: Record<string, string | number>) =>
    ledger.run('follow.apply', { ...wholeShape, name, changes: [{ kind: 'upsert', row }] })
  await follow('attendant', await attendantRow(ids.uuid()))
  await follow('tariff', {
    ...{ id: 't1', station_no: stationOfKills, price_paise_per_kg: 9_450, valid_from_ms: 0 },
  })
  await ledger.close()
  return { attendant, press: pressKnownIn(folder) }
}

const wholeShape = {
  handle: 'chaos',
  offset: '1_0',
  schemaHash: 'chaos',
  piece: { startsSnapshot: true, last: true, upToDate: true },
} as const

async function attendantRow(id: string): Promise<Record<string, string | number>> {
  const { name, pin } = attendant
  const pin_hash = await hash(pin, cheap)
  return { id, station_no: stationOfKills, name, role: 'attendant', pin_hash, active: 1 }
}

function pressKnownIn(folder: string): TokenPress {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' })
  const now = instant(Date.now())
  const [notBefore, notAfter] = [before(now, hours(1)), after(now, hours(monthHours))]
  writeHeldKeySet(join(folder, 'key-set.json'), {
    ...{ version: 1, issuedAtMs: notBefore, validUntilMs: notAfter, denied: [] },
    keys: [{ kid: 1, publicKey: String(x), notBefore, notAfter }],
  })
  return tokenPressOf({ kid: 1, key: privateKey })
}
