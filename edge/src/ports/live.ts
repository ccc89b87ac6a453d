import type { ScanView } from '@baari/shared/contracts/live/station-view'

/** The event stream to the station's screens. */
export type Live = {
  /** Something a screen shows has changed; many calls in a moment become one view. */
  changed(): void
  /** A scan's answer goes out at once: the lamp turns before the phone is lowered. */
  scanned(scan: ScanView): void
  /**
   * A new screen: the body of a `text/event-stream` answer, which begins with the whole view, or
   * undefined when 32 screens are connected already.
   */
  open(): ReadableStream<Uint8Array> | undefined
  /** The same for a board that everybody in line sees: without people, plates and money. */
  openBoard(): ReadableStream<Uint8Array> | undefined
  /** Ends every stream, so that browsers reconnect to the restarted node. */
  close(): void
}
