/** A moment, and what its local time is ahead of UTC. */
export type IsoTime = { readonly ms: number; readonly offsetMinutes: number }

const form =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}(?::?\d{2})?)$/

/** An ISO-8601 local time with its offset or `Z`; undefined when it is none. */
export function isoTime(text: string): IsoTime | undefined {
  const found = form.exec(text.trim())
  if (found === null) return undefined
  const part = (at: number): number => Number(found[at] ?? '0')
  const local = Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6))
  const same = new Date(local)
  const real =
    same.getUTCMonth() === part(2) - 1 &&
    same.getUTCDate() === part(3) &&
    part(4) < 24 &&
    part(5) < 60 &&
    part(6) < 60
  const offsetMinutes = offsetOf(found[8] ?? 'Z')
  if (!real || offsetMinutes === undefined) return undefined
  const fraction = Math.floor(Number(`0.${found[7] ?? '0'}`) * 1000)
  return { ms: local + fraction - offsetMinutes * 60_000, offsetMinutes }
}

function offsetOf(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(3).replace(':', '') || '0')
  if (hours > 18 || minutes > 59) return undefined
  return (text.startsWith('-') ? -1 : 1) * (60 * hours + minutes)
}
