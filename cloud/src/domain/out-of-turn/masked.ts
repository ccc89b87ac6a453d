/** Digits in a row from which on a text may be a plate, a phone or an account. */
const tellingDigits = /\d{3,}/g

/** A person's words without the numbers that lead to somebody. Names cannot be told from words. */
export function maskedNote(note: string): string {
  return note.replace(tellingDigits, (digits) => '•'.repeat(digits.length))
}

/** `•••• 7788`: what of a plate may be read by others. */
export function maskedPlate(end: string | null): string | null {
  return end === null ? null : `•••• ${end}`
}

/** `A. P.` of `Asha Patel`. */
export function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => `${[...word][0]?.toUpperCase() ?? ''}.`)
    .join(' ')
}
