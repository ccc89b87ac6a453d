export type LineWatch = {
  /** The fetch of every exchange with the cloud. */
  readonly fetch: typeof fetch
  /** The last exchange that ended found nobody: refused, reset, or out of its own time. */
  broken(): boolean
}

/**
 * Knows at once when the line to the cloud breaks: a long poll is always open, and its end tells.
 * Silence alone would be noticed after a minute, and a scan in that minute would say "online".
 */
export function lineWatch(inner: typeof fetch): LineWatch {
  let broken = false
  return {
    async fetch(input, init) {
      try {
        const answer = await inner(input, init)
        broken = false
        return answer
      } catch (error) {
        // Whoever asked has stopped asking: nothing is known about the line.
        if (init?.signal?.aborted !== true) broken = true
        throw error
      }
    },
    broken: () => broken,
  }
}
