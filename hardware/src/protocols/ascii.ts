/** Bytes of one frame as text, one character a byte, so that nothing is lost or replaced. */
export function asciiText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

/** Text as bytes; every character must be below 256. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

export function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e
}
