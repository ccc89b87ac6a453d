/**
 * Probability that an arrival waits at `servers` servers loaded `load` each (Erlang's C formula),
 * by the recursion of Erlang's B, which stays exact for many servers.
 */
export function erlangC(servers: number, load: number): number {
  const offered = servers * load
  let blocked = 1
  for (let n = 1; n <= servers; n += 1) blocked = (offered * blocked) / (n + offered * blocked)
  return blocked / (1 - load * (1 - blocked))
}

export type Queueing = {
  readonly servers: number
  /** Load per server, below 1. */
  readonly load: number
  readonly meanService: number
  /** Squared coefficient of variation of the services: 1 is exponential. */
  readonly squaredVariation: number
}

/**
 * Mean wait of M/G/c in the unit of `meanService` (Lee and Longton). Exact for M/M/c, and for
 * M/G/1, where it is the formula of Pollaczek and Khinchine.
 */
export function meanWait({ servers, load, meanService, squaredVariation }: Queueing): number {
  const exponential = (erlangC(servers, load) * meanService) / (servers * (1 - load))
  return (exponential * (1 + squaredVariation)) / 2
}
