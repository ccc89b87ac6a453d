import { serveStations } from '../../../cloud/test/support/sync-world.ts'

/**
 * The station side of the cloud as a process of its own, for tests that kill it. With
 * `HANG_AFTER_COMMIT` it stops for ever right after the first batch is committed and before its
 * answer is sent: the moment in which an acknowledgement can be lost.
 */
const { DATABASE, PORT, HANG_AFTER_COMMIT } = process.env
let hangs = HANG_AFTER_COMMIT === '1'

function hang(): void {
  if (!hangs) return
  hangs = false
  process.send?.('committed')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

async function run(): Promise<void> {
  const cloud = await serveStations(DATABASE ?? '', {
    port: Number(PORT),
    onApplied: hang,
  })
  process.send?.(cloud.url)
}

void run()
