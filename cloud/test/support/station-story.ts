import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { amountFor, paisePerKg } from '@baari/shared/units/money'
import { grams } from '@baari/shared/units/mass'
import type { Pool } from 'pg'
import { stationKid, stationUnderTest } from './sync-world.ts'
import { TestStation } from './test-station.ts'

const someone = '00000000-0000-7000-8000-0000000000a0'

/**
 * A station that opened a shift, sold two fills, one of them for a wrong amount, sent a failed scan
 * without its text, closed the shift and proved itself equal, with 37 ops still to send.
 */
export async function tellStory(url: string, pool: Pool): Promise<TestStation> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' })
  await pool.query('UPDATE station SET kid = $2, public_key = $3 WHERE no = $1', [
    stationUnderTest,
    stationKid,
    x,
  ])
  const station = new TestStation(url, privateKey)
  await station.signIn()
  const [shift, right, wrong] = [1, 2, 3]
  for (const [ref, type] of [
    [shift, 'shift'],
    [right, 'fill'],
    [wrong, 'fill'],
  ] as const) {
    station.add({ k: 'entity', b: { ref, type, uuid: randomUUID() } })
  }
  station.add({ k: 'shift.opened', e: shift, b: { attendant: someone, openingCashPaise: 50_000 } })
  station.add({ k: 'fill.settled', e: right, b: sale(1_000_000, 4_250, 0) })
  station.add({ k: 'fill.settled', e: wrong, b: sale(1_004_250, 3_100, 900) })
  station.add({ k: 'scan.failed', b: emptyScan })
  const due = amountOf(4_250) + amountOf(3_100) + 900
  const counted = { countedCashPaise: 50_000 + due, expectedCashPaise: 50_000 + due }
  const figures = { ...counted, fills: 2, grams: 7_350, amountPaise: due }
  station.add({ k: 'shift.closed', e: shift, b: figures })
  const proof = { outcome: 'equal', from: 20_000, to: 20_034, rows: 4_812, drifted: 0, found: [] }
  station.add({ k: 'proof.made', b: proof })
  const waiting = { unsent: 37, oldest: Date.now() - 4 * 60_000 }
  const sent = await station.send(station.batch(1, station.lines.length, waiting))
  if (sent.status !== 200) throw new Error(`the story was not taken: ${JSON.stringify(sent.body)}`)
  return station
}

const amountOf = (mass: number): number => amountFor(grams(mass), paisePerKg(9_137))

function sale(before: number, mass: number, extraPaise: number) {
  return {
    ...{ position: 1, ticket: someone, booking: null, grams: mass, pricePaisePerKg: 9_137 },
    ...{ amountPaise: amountOf(mass) + extraPaise, recovered: false },
    ...{ totaliserBeforeGrams: before, totaliserAfterGrams: before + mass },
  }
}

const emptyScan = {
  ...{ verdict: 'UNREADABLE', lane: 1, source: 'scanner', rawSha256: 'ab', rawBase64: '' },
  booking: null,
}
