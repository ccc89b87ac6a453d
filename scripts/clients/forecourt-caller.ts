import { z } from 'zod'
import { anyBody, jsonCaller } from './json-caller.ts'

const positionSchema = z.object({
  position: z.int(),
  state: z.string(),
  totaliserGrams: z.int(),
  saleGrams: z.int(),
  saleSequence: z.int(),
  /** Authorises the head obeyed since its process began. */
  authorisations: z.int(),
})

const worldSchema = z.object({ positions: z.array(positionSchema) })

export type SimulatedHead = z.output<typeof positionSchema>

/** What people do at the simulated station (docs/protocols/simulated-station.md). */
export type ForecourtCaller = {
  heads(): Promise<readonly SimulatedHead[]>
  arrives(position: number, wantsGrams: number): Promise<void>
  leaves(position: number): Promise<void>
  /** Somebody sells by hand at this head, as after a failure of the node. */
  sellsByHand(position: number, on: boolean): Promise<void>
  liftNozzle(position: number): Promise<void>
  hangUp(position: number): Promise<void>
  /** Holds a code before the window of a lane's reader. False when nobody listens. */
  showCode(lane: number, text: string): Promise<boolean>
  /** Shows one code at several lanes in the same moment. */
  showAtLanes(lanes: readonly number[], text: string): Promise<void>
}

export function forecourtCaller(controlUrl: string): ForecourtCaller {
  const http = jsonCaller({ baseUrl: controlUrl })
  const act = async (position: number, body: object): Promise<void> => {
    await http.post(`/positions/${position}`, body, anyBody)
  }
  return {
    heads: async () => (await http.get('/world', worldSchema)).positions,
    arrives: (position, wantsGrams) => act(position, { act: 'vehicle-arrives', wantsGrams }),
    leaves: (position) => act(position, { act: 'vehicle-leaves' }),
    sellsByHand: (position, on) => act(position, { act: 'manual-mode', on }),
    liftNozzle: (position) => act(position, { act: 'lift-nozzle' }),
    hangUp: (position) => act(position, { act: 'hang-up' }),
    showCode: async (lane, text) =>
      (await http.post(`/scanners/${lane}`, { text }, z.object({ heard: z.boolean() }))).heard,
    async showAtLanes(lanes, text) {
      await http.post('/scanners', { lanes, text }, anyBody)
    },
  }
}
