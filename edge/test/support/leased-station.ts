import { noGrams } from '@baari/shared/units/mass'
import { answerOfWire, leaseRequest, requestOfWire } from '@baari/shared/contracts/sync/lease'
import {
  answerTo,
  cellsAfter,
  judgeRequest,
  termAfter,
  type CloudCell,
  type HeldTerm,
} from '@baari/shared/domain/lease/cloud-lease'
import { stationNo } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'
import type { LeaseToSend } from '../../src/app/lease/lease-round.ts'
import { bothFree, insert, type World } from './station-world.ts'

/** A cloud that answers lease requests by the real rules and sells nothing itself. */
export function leasingCloud(world: World) {
  let held: HeldTerm | undefined
  const cells = new Map<Instant, CloudCell>()

  /** Carries the request out; whether the answer arrives is the caller's business. */
  function receive({ kind, body }: LeaseToSend) {
    const request = requestOfWire(kind, leaseRequest.parse(JSON.parse(body)))
    const verdict = judgeRequest(held, request)
    if (verdict.kind === 'fenced') throw new Error('a lone station is never fenced')
    if (verdict.kind === 'repeat') return verdict.answer
    const after = cellsAfter([...cells.values()], request, verdict.kind)
    for (const cell of after) cells.set(cell.start, cell)
    const answer = answerTo(request, after)
    held = { term: termAfter(held, request, world.now()), no: request.no, answer }
    return answer
  }

  return {
    receive,
    /** A whole round of the station, every answer arriving. */
    async round(positions = bothFree): Promise<void> {
      const forecourt = { positions, storedGrams: noGrams, forecast: null }
      for (let count = 0; count < 8; count += 1) {
        const request = await world.run('lease.next', { starts: count === 0, forecourt })
        if (request === null) return
        const { no, held: told } = receive(request)
        const answer = answerOfWire({ no, held: [...told], serverTimeMs: world.now() })
        await world.run('lease.answered', { answer, forecourt })
      }
    },
  }
}

/** Gives the station a price and a granted lease. */
export async function leased(world: World): Promise<ReturnType<typeof leasingCloud>> {
  addPrice(world)
  const cloud = leasingCloud(world)
  await cloud.round()
  return cloud
}

/** 90 rupees a kilogram. */
export function addPrice(world: World): void {
  insert(world.db, 'tariff', {
    id: 't',
    station_no: stationNo(42),
    price_paise_per_kg: 9_000,
    valid_from_ms: 0,
  })
}

/** The first window of the grid that begins at or after `minutes` from now. */
export function windowAfter(world: World, minutes: number): Instant {
  return instant(Math.ceil((world.now() + minutes * 60_000) / 600_000) * 600_000)
}
