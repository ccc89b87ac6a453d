import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Millis } from '@baari/shared/units/time'

export type ProcessCallOptions = {
  /** A module that serves with `serveProcess`. */
  readonly script: URL
  readonly clock: Clock
  readonly within: Millis
  /** For the built module, in the place of those of this process. */
  readonly nodeArguments?: readonly string[]
}

export type ProcessCall<Input, Output> = {
  /** Rejects when the process fails or stays silent for too long; it is over after each call. */
  call(input: Input): Promise<Output>
  stop(): void
}

/**
 * A calculation in a process of its own, which ends with its answer: native code that fails there
 * takes nothing of the node with it, and all memory it took goes back.
 */
export function startProcessCall<Input, Output>({
  script,
  clock,
  within,
  nodeArguments = process.execArgv,
}: ProcessCallOptions): ProcessCall<Input, Output> {
  const running = new Set<ChildProcess>()
  return {
    call: (input) =>
      new Promise((resolve, reject) => {
        const child = fork(fileURLToPath(script), {
          // In development the file is TypeScript, and Node 20 needs a loader for it.
          execArgv: script.pathname.endsWith('.ts') ? ['--import', 'tsx'] : [...nodeArguments],
          serialization: 'advanced',
        })
        running.add(child)
        const end = (last: () => void): void => {
          cancel()
          running.delete(child)
          child.removeAllListeners()
          child.on('error', () => undefined)
          child.kill('SIGKILL')
          last()
        }
        const fail = (why: string): void => end(() => reject(new ProcessFailed(why)))
        const cancel = clock.after('process answer', within, () => fail('no answer'))
        child.on('error', (error) => fail(error.message))
        child.on('exit', (code, signal) => fail(`it ended with ${code ?? signal ?? 'nothing'}`))
        child.on('message', (answer) => end(() => resolve(answer as Output)))
        child.send(input as object)
      }),
    stop() {
      for (const child of running) child.kill('SIGKILL')
    },
  }
}

/** The other side: answers what it is asked, and ends when its parent does, however that ends. */
export function serveProcess<Input, Output>(answer: (input: Input) => Promise<Output>): void {
  process.once('disconnect', () => process.exit(1))
  process.on('message', (asked: Input) => {
    // A bug ends the process; whoever waits for the answer is told.
    void answer(asked).then((given) => process.send?.(given))
  })
}

export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed'

  constructor(why: string) {
    super(`a calculating process failed: ${why}`)
  }
}
