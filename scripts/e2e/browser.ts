import { mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'
import { patientMs } from './until.ts'

// Functions given to `page.evaluate` travel as source. When tsx runs us, its compiler has put calls
// of a helper into them that keeps their names; the page has to know that helper too.
const nameKeeper = 'globalThis.__name ??= (each) => each'

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of an installed Chromium, or undefined; no test downloads a browser of its own. */
function chromiumPath(): string | undefined {
  return candidates.find((path) => existsSync(path))
}

/** Reason why no page can be opened here. */
export function chromiumMissing(): string | undefined {
  return chromiumPath() === undefined
    ? 'chromium is missing: apt-get install -y chromium'
    : undefined
}

export type BrowserOptions = {
  readonly width: number
  readonly height: number
  readonly dark?: boolean
  /** A Y4M or MJPEG file shown to the page as its camera. */
  readonly cameraFile?: string
  /** `block` keeps a page's own cache out of the way. */
  readonly serviceWorkers?: 'allow' | 'block'
  /** Connections to one `host:port` are made to another, under the first one's name. */
  readonly reroute?: { readonly from: string; readonly to: string }
}

export type Browser = { readonly context: BrowserContext; close(): Promise<void> }

/** A fresh profile in headless Chromium that opens no connection of its own. */
export async function startBrowser({
  width,
  height,
  dark,
  cameraFile,
  serviceWorkers = 'allow',
  reroute,
}: BrowserOptions): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'baari-browser-'))
  const camera = cameraFile
    ? [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${cameraFile}`,
      ]
    : []
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath() ?? 'chromium',
    headless: true,
    viewport: { width, height },
    serviceWorkers,
    colorScheme: dark === true ? 'dark' : 'light',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(reroute ? [`--host-resolver-rules=MAP ${reroute.from} ${reroute.to}`] : []),
      ...camera,
    ],
  })
  context.setDefaultTimeout(patientMs)
  await context.addInitScript(nameKeeper)
  return {
    context,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
