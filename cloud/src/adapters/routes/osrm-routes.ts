import type { Place } from '@baari/shared/units/place'
import { millis } from '@baari/shared/units/time'
import { z } from 'zod'
import type { RouteProvider } from '../../ports/route-provider.ts'

export type OsrmOptions = {
  readonly baseUrl: string
  /** Past this the caller goes on without the roads. */
  readonly deadlineMs: number
}

const maxAnswerBytes = 262_144
const seconds = z.array(z.number().min(0).nullable())
const table = z.object({ code: z.literal('Ok'), durations: z.array(seconds) })

/**
 * OSRM's table service: GET /table/v1/driving/{lon},{lat};…?sources=0&destinations=1;2, longitude
 * first; seconds, null where there is no way. It knows no traffic.
 */
export function osrmRoutes({ baseUrl, deadlineMs }: OsrmOptions): RouteProvider {
  return {
    async times(from, to) {
      try {
        const answer = await fetch(addressOf(baseUrl, from, to), {
          signal: AbortSignal.timeout(deadlineMs),
          redirect: 'error',
        })
        const text = await textOf(answer.body ?? [])
        if (!answer.ok) return undefined
        const [row] = table.parse(JSON.parse(text)).durations
        if (row?.length !== to.length) return undefined
        return row.map((takes) => (takes === null ? undefined : millis(Math.round(takes * 1_000))))
      } catch {
        // Away, too slow, or not what the contract says: an arrival is estimated without it.
        return undefined
      }
    },
  }
}

/** @throws RangeError for an answer longer than any table we ask for; what is left is not read */
async function textOf(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    bytes += part.byteLength
    if (bytes > maxAnswerBytes) throw new RangeError('the answer is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function addressOf(baseUrl: string, from: Place, to: readonly Place[]): URL {
  const spots = [from, ...to].map(({ latE6, lonE6 }) => `${degrees(lonE6)},${degrees(latE6)}`)
  const ends = to.map((_, index) => index + 1).join(';')
  const path = `/table/v1/driving/${spots.join(';')}`
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`)
  url.search = `?sources=0&destinations=${ends}&annotations=duration`
  return url
}

function degrees(e6: number): string {
  return (e6 / 1e6).toFixed(6)
}
