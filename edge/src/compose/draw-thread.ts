import { drawnQr } from '@baari/hardware/drivers/escpos/drawn-qr'
import { drawnText } from '@baari/hardware/drivers/escpos/drawn-text'
import { encodePage } from '@baari/hardware/protocols/escpos/commands'
import { present } from '@baari/shared/faults/assert'
import { parentPort } from 'node:worker_threads'
import { runInBackground } from '../adapters/system/background-thread.ts'
import type { PrintPage } from '../ports/paper.ts'

/** Entry of the draw thread: shaping Hindi takes a tenth of a second, which no bus may wait for. */
runInBackground()
const port = present(parentPort, 'parent port of the draw thread')
port.on('message', (page: PrintPage) =>
  port.postMessage(encodePage(page, { text: drawnText, qr: drawnQr })),
)
