/** Scans a screen may be behind; a forecourt has a few scans a minute. */
const mostScans = 32

/**
 * What still has to be sent to one screen, in bounded memory: every waiting scan, the newest view
 * and one heartbeat. A newer view replaces one that was not sent yet, since each view is whole.
 */
export class ScreenBacklog {
  #scans: readonly Uint8Array[] = []
  #view: Uint8Array | undefined
  #beat: Uint8Array | undefined

  view(frame: Uint8Array): void {
    this.#view = frame
  }

  heartbeat(frame: Uint8Array): void {
    this.#beat = frame
  }

  /** False when the screen is too far behind to be told of this scan. */
  scan(frame: Uint8Array): boolean {
    if (this.#scans.length >= mostScans) return false
    this.#scans = [...this.#scans, frame]
    return true
  }

  /** The next frame to send, scans first. A heartbeat is spared when anything else was waiting. */
  next(): Uint8Array | undefined {
    const [scan, ...later] = this.#scans
    const frame = scan ?? this.#view ?? this.#beat
    this.#beat = undefined
    if (scan) this.#scans = later
    else this.#view = undefined
    return frame
  }
}
