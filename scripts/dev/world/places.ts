import { createServer } from 'node:net'
import { SetupError } from '../setup-error.ts'

/** Where each part of the world listens, all on 127.0.0.1. */
export type Places = {
  readonly postgres: number
  readonly sandbox: number
  readonly cloud: number
  readonly edge: number
  readonly mqtt: number
  readonly bus: number
  readonly scanners: readonly [number, number]
  readonly stationControl: number
}

export const usualBase = 7400

/** One base moves the whole world, so that two clones can run side by side. */
export function placesFrom(base: number): Places {
  return {
    postgres: base + 32,
    sandbox: base + 90,
    cloud: base + 10,
    edge: base + 20,
    mqtt: base + 83,
    bus: base + 41,
    scanners: [base + 51, base + 52],
    stationControl: base + 60,
  }
}

/**
 * PostgreSQL is left out: a server that an earlier start left running is its own starter's to end.
 * @throws SetupError naming the part and the port when another process listens there
 */
export async function refuseTakenPorts({ postgres: _, ...places }: Places): Promise<void> {
  for (const [part, port] of Object.entries(places).flatMap(([part, port]) =>
    (typeof port === 'number' ? [port] : port).map((each) => [part, each] as const),
  )) {
    if (!(await isFree(port))) {
      throw new SetupError(
        `port ${port} (${part}) is in use; end what listens there or choose others: npm start -- --port-base 8400`,
      )
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
