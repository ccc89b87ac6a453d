import { baariSlave } from '@baari/hardware/simulators/baari-heads'
import type { LineEnd } from '@baari/hardware/simulators/line-end'
import { serveSlaves } from '@baari/hardware/simulators/modbus-slave'
import { serveOnTcp, type TcpService } from '@baari/hardware/simulators/serve-on-tcp'
import { present } from '@baari/shared/faults/assert'
import { grams } from '@baari/shared/units/mass'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { millis } from '@baari/shared/units/time'
import { joinByBitTime, joinedPorts, type BitWire } from '../../../hardware/test/rigs/bit-wire.ts'
import { headsOnLine, lineHead, overheard } from '../../../hardware/test/rigs/line-meters.ts'
import type { PacedClock } from '../../../hardware/test/rigs/paced-clock.ts'
import type { Breakage, HeardStop, LinePlan, WireReply } from './wire-messages.ts'

/** Bytes a device server hands over at once. */
const pieceBytes = 8

export type WireLine = {
  readonly port: number
  count(): Extract<WireReply, { kind: 'counted' }>
  sell(): void
  silence(address: number): void
  break(how: Breakage): Promise<void>
  mend(): Promise<void>
  close(): Promise<void>
}

/** Eight heads on a wire with bit times, offered on loopback. */
export async function openWireLine(
  { timing, deviceDelayMs }: LinePlan,
  { clock, seed }: { readonly clock: PacedClock; readonly seed: number },
): Promise<WireLine> {
  const prng = seededPrng(seed)
  const reads = new Array<number>(headsOnLine).fill(0)
  let stops: HeardStop[] = []
  const wires: BitWire[] = []
  let muted = false
  const heads = reads.map((_, index) =>
    lineHead({ address: index + 1, prng, timing, deviceDelayMs: millis(deviceDelayMs) }),
  )
  const devices = heads.map((head) =>
    overheard(baariSlave(head), {
      onRead: (address) => (reads[address - 1] = (reads[address - 1] ?? 0) + 1),
      onStop: (address) => stops.push({ address, atMs: clock.mono() }),
    }),
  )

  const attach = (socket: LineEnd): (() => void) => {
    const [wireEnd, deviceEnd] = joinedPorts()
    const outside = gated(socket, { clock, isShut: () => muted })
    const wire = joinByBitTime(outside, wireEnd, { clock, timing, prng, pieceBytes })
    const unserve = serveSlaves(deviceEnd, devices, clock)
    wires.push(wire)
    return () => {
      wire.unplug()
      unserve()
    }
  }

  let service: TcpService = await serveOnTcp({ port: 0, attach })
  const { port } = service
  return {
    port,
    count() {
      const heard = stops
      stops = []
      const collided = wires.reduce((sum, wire) => sum + wire.counters().collided, 0)
      return { kind: 'counted', reads: [...reads], stops: heard, collided }
    },
    sell() {
      for (const head of heads) {
        head.hangUp()
        head.setManualMode(true)
        head.vehicleArrives(grams(10_000))
        head.liftNozzle()
      }
      stops = []
    },
    silence(address) {
      present(heads[address - 1], 'a head of the line').trouble.silent = true
    },
    async break(how) {
      muted = how === 'mute'
      if (how === 'gone') await service.close()
    },
    async mend() {
      if (!muted) service = await serveOnTcp({ port, attach })
      muted = false
    },
    close: () => service.close(),
  }
}

/** The socket's end of the line, through which nothing passes while it is shut. */
function gated(
  socket: LineEnd,
  { clock, isShut }: { readonly clock: PacedClock; readonly isShut: () => boolean },
): LineEnd {
  return {
    write: (bytes) => isShut() || socket.write(bytes),
    onBytes: (call) =>
      socket.onBytes((bytes) => {
        clock.catchUp()
        if (!isShut()) call(bytes)
      }),
  }
}
