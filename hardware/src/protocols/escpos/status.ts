/** A real-time status has two bits that are always 1 and two that are always 0. */
export function isRealTimeStatus(byte: number): boolean {
  return (byte & 0b1001_0011) === 0b0001_0010
}

/** Why the printer cannot print, from its answer to DLE EOT 2; null when it can. */
export function offlineReason(byte: number): string | null {
  if ((byte & 0b0000_0100) !== 0) return 'the lid is open'
  if ((byte & 0b0010_0000) !== 0) return 'the paper is used up'
  return (byte & 0b0100_0000) !== 0 ? 'the printer reports an error' : null
}

/** From the answer to DLE EOT 4: the roll's end sensor. */
export function paperReason(byte: number): string | null {
  return (byte & 0b0110_0000) !== 0 ? 'the paper is used up' : null
}

/** The answer to GS r 1 has bits 4 and 7 at 0; bits 2 and 3 say that the paper ended meanwhile. */
export function isPrintedStatus(byte: number): boolean {
  return (byte & 0b1001_0000) === 0
}

export function printedReason(byte: number): string | null {
  return (byte & 0b0000_1100) !== 0 ? 'the paper ended while the page was printed' : null
}
