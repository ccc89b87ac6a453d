/** Waits until the condition holds, polling every 5 ms; fails with `what` after `withinMs`. */
export async function eventually(
  condition: () => boolean,
  what: string,
  withinMs = 10_000,
): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
