/** A running part of the node. `stop` is idempotent and takes at most a few seconds. */
export type Part = { readonly name: string; stop(): Promise<void> | void }

/** Parts in the order they were started; stopping goes the other way round. */
export class Parts {
  #running: readonly Part[] = []

  /** Remembers a started part and answers it, so that starting reads as one line. */
  add<P>(name: string, part: P & { stop(): Promise<void> | void }): P {
    this.#running = [{ name, stop: () => part.stop() }, ...this.#running]
    return part
  }

  /** Stops all, the last started first; one that fails does not keep the others running. */
  async stop(told: (name: string, error: unknown) => void): Promise<void> {
    const stopping = this.#running
    this.#running = []
    for (const part of stopping) {
      try {
        await part.stop()
      } catch (error) {
        told(part.name, error)
      }
    }
  }
}
