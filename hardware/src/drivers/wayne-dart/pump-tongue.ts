import type { HostPart } from '../../protocols/wayne-dart/parts.ts'
import type { DartCommand } from '../../protocols/wayne-dart/tables.ts'
import type { WireCommand } from '../dispenser-wire.ts'
import type { CommandTongue, HeadAct, Step } from '../judged-commands.ts'
import type { PumpReader } from './pump-reader.ts'

const commands: Readonly<Record<HeadAct, DartCommand>> = {
  authorise: 'authorise',
  stop: 'stop',
  suspend: 'suspend',
  resume: 'resume',
  release: 'reset',
}

/** Commands as numbered blocks: an acknowledgement says that the bytes arrived, not more. */
export function pumpTongue(reader: PumpReader): CommandTongue {
  const { deviceId, link, scale } = reader.setup
  const block =
    (part: HostPart): Step =>
    (options) =>
      link.send([part], options)

  /** Reset when a sale stands completed, price when it changed, nozzle, preset (hardware.md 5.1). */
  function terms(command: WireCommand, isCompleted: boolean): readonly Step[] | string {
    const { limitGrams, pricePaisePerKg, nozzle } = command
    const volumeCounts = limitGrams === undefined ? null : scale.presetCounts(limitGrams)
    const priceCounts = pricePaisePerKg === undefined ? null : scale.priceCounts(pricePaisePerKg)
    if (volumeCounts === null) return 'the display cannot show the limit'
    if (priceCounts === null) return 'the display cannot show the price'
    const priceIsSet = pricePaisePerKg === reader.view.pricePaisePerKg
    const reset: HostPart = { kind: 'command', command: 'reset' }
    const price: HostPart = { kind: 'price-update', priceCounts: [priceCounts] }
    return [
      ...(isCompleted ? [reset] : []),
      ...(priceIsSet ? [] : [price]),
      { kind: 'allowed-nozzles', nozzles: [nozzle] } as const,
      { kind: 'preset-volume', volumeCounts } as const,
    ].map(block)
  }

  return {
    deviceId,
    releasesItself: false,
    look: (options) => reader.look(options),
    inTurn: (work) => reader.inTurn(work),
    terms: (command, state) => terms(command, state === 'completed'),
    say: (act, options) => link.send([{ kind: 'command', command: commands[act] }], options),
    price(pricePaisePerKg) {
      const counts = scale.priceCounts(pricePaisePerKg)
      return counts === null ? null : block({ kind: 'price-update', priceCounts: [counts] })
    },
  }
}
