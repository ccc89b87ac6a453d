import { err } from '@baari/shared/faults/result'
import type { GilbarcoData } from '../../protocols/gilbarco-two-wire/frames.ts'
import { fault } from '../../transports/line-faults.ts'
import type { WireCommand } from '../dispenser-wire.ts'
import type { CommandTongue, Step } from '../judged-commands.ts'
import type { GilbarcoReader } from './gilbarco-reader.ts'

/** Commands of one word, and blocks for price and preset; no pump answers any of them. */
export function gilbarcoTongue(reader: GilbarcoReader): CommandTongue {
  const { loop, place, scale, nozzle } = reader.setup
  const block =
    (data: GilbarcoData): Step =>
    () =>
      loop.tell(place, data)

  function price(pricePaisePerKg: WireCommand['pricePaisePerKg']): Step | null {
    if (pricePaisePerKg === undefined) return null
    const priceCounts = scale.priceCounts(pricePaisePerKg)
    if (priceCounts === null) return null
    return async () => {
      const told = await loop.tell(place, { kind: 'price', gradeIndex: nozzle - 1, priceCounts })
      if (told.ok) reader.priceTold(pricePaisePerKg)
      return told
    }
  }

  /** The loop presets money alone: the limit times the price that is told right before it. */
  function terms({ limitGrams, pricePaisePerKg }: WireCommand): readonly Step[] | string {
    const priced = price(pricePaisePerKg)
    if (priced === null || pricePaisePerKg === undefined) return 'the display cannot show the price'
    const amountCounts =
      limitGrams === undefined ? null : scale.presetCounts(limitGrams, pricePaisePerKg)
    if (amountCounts === null) return 'the display cannot show the limit'
    return [priced, block({ kind: 'preset-amount', amountCounts })]
  }

  return {
    deviceId: place.deviceId,
    releasesItself: true,
    look: (options) => reader.look(options),
    inTurn: (work) => reader.inTurn(work),
    terms: (command, state) =>
      state === 'completed' ? 'the sale before is not released' : terms(command),
    say(act, options) {
      if (act === 'release') return reader.release(options)
      if (act === 'authorise' || act === 'stop') return loop.command(place, act, options)
      const no = fault(
        'dispenser_refused',
        place.deviceId,
        `${act}: the loop knows no such command`,
      )
      return Promise.resolve(err(no))
    },
    price: (pricePaisePerKg) => price(pricePaisePerKg),
  }
}
