import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import { ScreenBacklog } from './screen-backlog.ts'

/** Longest time a screen may leave its socket full. */
const slowest = seconds(10)

export type ScreenStreamOptions = {
  readonly clock: Clock
  /** Called once, when the screen left or was cut off because it did not keep up. */
  readonly gone: (reason: 'left' | 'slow') => void
}

/**
 * One screen's event stream. The socket asks for more by `pull`; when it has not asked for ten
 * seconds while something waits, the screen is cut off and will reconnect, which costs it nothing.
 */
export class ScreenStream {
  readonly body: ReadableStream<Uint8Array>
  readonly #options: ScreenStreamOptions
  readonly #backlog = new ScreenBacklog()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #wanted: (() => void) | undefined
  #stopTimer: (() => void) | undefined

  constructor(options: ScreenStreamOptions) {
    this.#options = options
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#pull(),
        cancel: () => this.#finish('left'),
      },
      { highWaterMark: 1 },
    )
  }

  view(frame: Uint8Array): void {
    this.#backlog.view(frame)
    this.#flush()
  }

  heartbeat(frame: Uint8Array): void {
    this.#backlog.heartbeat(frame)
    this.#flush()
  }

  scan(frame: Uint8Array): void {
    if (this.#backlog.scan(frame)) this.#flush()
    else this.#cutOff()
  }

  end(): void {
    this.#controller?.close()
    this.#finish('left')
  }

  #pull(): Promise<void> {
    this.#stopTimer?.()
    this.#stopTimer = undefined
    return new Promise((resolve) => {
      this.#wanted = resolve
      this.#send()
    })
  }

  #flush(): void {
    if (this.#wanted) this.#send()
    else this.#stopTimer ??= this.#options.clock.after('slow screen', slowest, () => this.#cutOff())
  }

  #send(): void {
    const frame = this.#backlog.next()
    if (!frame) return
    const resume = this.#wanted
    this.#wanted = undefined
    this.#controller?.enqueue(frame)
    resume?.()
  }

  #cutOff(): void {
    this.#controller?.error(new DOMException('the screen did not keep up', 'TimeoutError'))
    this.#finish('slow')
  }

  #finish(reason: 'left' | 'slow'): void {
    if (!this.#controller) return
    this.#controller = undefined
    this.#stopTimer?.()
    this.#wanted?.()
    this.#options.gone(reason)
  }
}
