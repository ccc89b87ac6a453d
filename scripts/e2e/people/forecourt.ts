import { z } from 'zod'
import { until } from '../until.ts'

const place = z.object({
  position: z.int(),
  state: z.string(),
  totaliserGrams: z.int(),
  saleGrams: z.int(),
})
const world = z.object({ positions: z.array(place), lamps: z.array(z.string().nullable()) })

export type Place = z.output<typeof place>

/** What drivers and attendants do with their hands at the simulated dispensers. */
export type Forecourt = {
  place(position: number): Promise<Place>
  vehicleArrives(position: number, wantsGrams: number): Promise<void>
  vehicleLeaves(position: number): Promise<void>
  liftNozzle(position: number): Promise<void>
  hangUp(position: number): Promise<void>
  /** The dispenser reports that it is out of order, in the midst of what it does. */
  breaksDown(position: number): Promise<void>
  worksAgain(position: number): Promise<void>
  /** Its power is gone: it answers nothing. */
  goesSilent(position: number): Promise<void>
  /** Waits until at least so much has flowed in the sale that is on. */
  hasFlowed(position: number, grams: number): Promise<Place>
}

export function forecourtAt(controlUrl: string): Forecourt {
  const act = async (position: number, body: object): Promise<void> => {
    const answer = await fetch(`${controlUrl}/positions/${position}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok)
      throw new Error(`position ${position}: ${JSON.stringify(body)} ${answer.status}`)
  }
  const placeNow = async (position: number): Promise<Place> => {
    const answer = await fetch(`${controlUrl}/world`)
    const found = world
      .parse(await answer.json())
      .positions.find((each) => each.position === position)
    if (found === undefined) throw new Error(`no position ${position}`)
    return found
  }
  return {
    place: placeNow,
    vehicleArrives: (position, wantsGrams) => act(position, { act: 'vehicle-arrives', wantsGrams }),
    vehicleLeaves: (position) => act(position, { act: 'vehicle-leaves' }),
    liftNozzle: (position) => act(position, { act: 'lift-nozzle' }),
    hangUp: (position) => act(position, { act: 'hang-up' }),
    breaksDown: (position) => act(position, { act: 'fault', fault: 'inoperative' }),
    worksAgain: (position) => act(position, { act: 'fault', fault: 'none' }),
    goesSilent: (position) => act(position, { act: 'fault', fault: 'silent' }),
    hasFlowed: (position, grams) =>
      until(
        async () => {
          const now = await placeNow(position)
          return now.saleGrams >= grams ? now : undefined
        },
        { what: `${grams} g at position ${position}` },
      ),
  }
}
