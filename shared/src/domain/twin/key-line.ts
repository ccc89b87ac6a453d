import type { Visit } from './visit.ts'

/** A vehicle of a plan, by its number, in a line that is served by key. */
export type InLine = { readonly n: number; readonly key: number }

/** Puts a vehicle in its place in the line, behind those of the same key. */
export function inLine(line: InLine[], one: InLine): void {
  let at = line.length
  while (at > 0 && (line[at - 1]?.key ?? 0) > one.key) at -= 1
  line.splice(at, 0, one)
}

/** max(arrival, s): nobody moves up by coming early. */
export function windowKey({ arrival, windowStart }: Visit): number {
  return Math.max(arrival, windowStart ?? arrival)
}
