import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { startInlet } from '../../src/inlet/inlet.ts'
import { systemClock } from '../../src/transports/system-clock.ts'

/**
 * An inlet of its own process for the kill test: appends each group to a file and syncs it before
 * it is acknowledged. Arguments: file, port. Prints its port.
 */
const [file = '', port = '0'] = process.argv.slice(2)
const handle = openSync(file, 'a')
const inlet = await startInlet({
  port: Number(port),
  station: 's1',
  clock: systemClock(),
  limits: { rate: { perSecond: 100_000, burst: 100_000 } },
  store: (rows) => {
    writeSync(handle, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    fsyncSync(handle)
    return Promise.resolve()
  },
})
process.stdout.write(`${JSON.stringify({ port: inlet.port })}\n`)
process.once('SIGTERM', () => {
  void inlet.close().then(() => {
    closeSync(handle)
    process.exit(0)
  })
})
