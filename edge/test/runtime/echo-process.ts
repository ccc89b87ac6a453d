import { serveProcess } from '../../src/runtime/process-call.ts'

/** Answers every text but two: one kills the process, one is never answered. */
serveProcess((text: string) => {
  if (text === 'die') process.exit(3)
  return text === 'silence' ? new Promise<string>(() => undefined) : Promise.resolve(`echo ${text}`)
})
