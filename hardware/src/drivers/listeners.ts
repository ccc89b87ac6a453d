import type { Unsubscribe } from '../ports/device.ts'

/** Callbacks per event. A callback may unsubscribe while it is called. */
export class Listeners<Events> {
  readonly #calls: { [K in keyof Events]?: Set<(event: Events[K]) => void> } = {}

  on<K extends keyof Events>(event: K, call: (event: Events[K]) => void): Unsubscribe {
    const calls = (this.#calls[event] ??= new Set())
    calls.add(call)
    return () => void calls.delete(call)
  }

  tell<K extends keyof Events>(event: K, about: Events[K]): void {
    for (const call of [...(this.#calls[event] ?? [])]) call(about)
  }
}
