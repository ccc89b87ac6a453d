/** The end of a line as a device sees it. */
export type LineEnd = {
  write(bytes: Uint8Array): boolean
  onBytes(call: (bytes: Uint8Array) => void): () => void
}
