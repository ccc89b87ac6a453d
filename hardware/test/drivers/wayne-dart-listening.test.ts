import { manualClock } from '@baari/shared/testing/manual-clock'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createListeningDart } from '../../src/drivers/wayne-dart/listening-dart.ts'
import { nozzleNo, type Dispenser } from '../../src/ports/dispenser.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'
import { dartConfig, dartOnMemory } from '../rigs/dart-on-memory.ts'
import { pass, until } from '../rigs/turn-clock.ts'
import { thirdPartyFile } from '../vectors/third-party.ts'
import { bytesOfHex } from '../vectors/vector-files.ts'

const nozzle = nozzleNo(1)
const ids = countingIds(7)

/** A second node on the line of another: it hears both sides and has no way to speak. */
function listener() {
  const rig = dartOnMemory()
  const { near, far } = createMemoryWire(rig.clock)
  far.start()
  near.start()
  rig.near.onBytes((bytes) => void far.write(bytes))
  rig.far.onBytes((bytes) => void far.write(bytes))
  const spoken: Uint8Array[] = []
  far.onBytes((bytes) => spoken.push(bytes))
  const config = dartConfig({ config: { id: 'd2', mode: 'listen' } })
  const parts = { clock: rig.clock, log: () => undefined, pipe: near }
  return { ...rig, watched: createListeningDart(config, parts), spoken }
}

const stateOf = (dispenser: Dispenser) => dispenser.status(nozzle).value?.state

describe('listening to a line that another host polls', () => {
  it('a whole sale is followed to the gram without a byte sent', async () => {
    const { dispenser, watched, head, clock, done, eventually, spoken } = listener()
    const flows: number[] = []
    watched.on('flow', ({ saleGrams }) => flows.push(saleGrams))
    await dispenser.start()
    await watched.start()
    await eventually(() => stateOf(watched) === 'idle', 'idle')
    await eventually(() => dispenser.status(nozzle).quality === 'good', 'the asking host is ready')
    head.vehicleArrives(grams(5_000))
    await done(
      dispenser.authorise({
        cmdId: commandId(ids.uuid()),
        fillId: fillId(ids.uuid()),
        nozzle,
        limitGrams: grams(2_000),
        pricePaisePerKg: paisePerKg(7_900),
        expiresAtMono: monoAfter(clock.mono(), millis(60_000)),
      }),
    )
    await eventually(() => stateOf(watched) === 'authorised', 'authorised')
    head.liftNozzle()
    await eventually(() => stateOf(watched) === 'completed', 'completed')
    expect(flows.at(-1)).toBe(2_000)
    expect(watched.status(nozzle).value?.totaliserGrams).toBe(head.totaliserGrams())
    expect(spoken).toEqual([])
  })

  it('every command is refused', async () => {
    const { watched, done } = listener()
    await watched.start()
    expect(await done(watched.stop({ cmdId: commandId(ids.uuid()), nozzle }))).toMatchObject({
      ok: false,
      error: { code: 'dispenser_refused' },
    })
  })

  it('S09 when the other host falls silent the status is stale, and comes back with it', async () => {
    const { dispenser, watched, eventually } = listener()
    await dispenser.start()
    await watched.start()
    await eventually(() => stateOf(watched) === 'idle', 'idle')
    await dispenser.dispose('the other host is off')
    await eventually(() => watched.status(nozzle).quality === 'stale', 'stale')
    expect(watched.status(nozzle).lastGood?.value.state).toBe('idle')
    await dispenser.start()
    await eventually(() => watched.status(nozzle).quality === 'good', 'good')
  })

  it('a recorded line is read: state, nozzle, price and totals of both pumps', async ({ skip }) => {
    const captured = thirdPartyFile(
      'dart_vectors.json',
      z.object({
        data_frames: z.array(z.object({ hex: z.string(), adr: z.number(), direction: z.string() })),
      }),
    )
    if (captured.missing) return skip(captured.reason)
    const clock = manualClock()
    const { near, far } = createMemoryWire(clock)
    far.start()
    near.start()
    const watched = [0x50, 0x51].map((address) =>
      createListeningDart(
        dartConfig({ countGrams: 10, config: { id: `d${address}`, address, mode: 'listen' } }),
        { clock, log: () => undefined, pipe: near },
      ),
    )
    for (const dispenser of watched) await dispenser.start()
    for (const { hex, adr, direction } of captured.vectors.data_frames) {
      await pass(clock, 20)
      if (direction === 'pump->host') far.write(Uint8Array.of(adr, 0x20, 0xfa))
      far.write(bytesOfHex(hex))
      await pass(clock, 20)
      if (direction === 'pump->host') far.write(Uint8Array.of(adr, 0x20, 0xfa, adr, 0x70, 0xfa))
    }
    await pass(clock, 20)
    expect(watched.map((dispenser) => stateOf(dispenser))).toEqual(['completed', 'completed'])
    const [first] = watched
    if (first === undefined) throw new Error('no dispenser')
    expect(await until(clock, first.totals(nozzle))).toMatchObject({
      ok: true,
      value: { grams: 13_363_849_660 },
    })
  })
})
