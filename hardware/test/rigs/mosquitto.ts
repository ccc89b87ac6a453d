import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { run, scratchFolder, type Running } from './foreign-program.ts'

export type Mosquitto = {
  readonly port: number
  /** Ends it as its service would and starts it again over the same sessions. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Debian's broker as a site runs it; `door` gives the lines of its listener, from its folder. */
export async function startMosquitto(
  door: (folder: string) => readonly string[] = () => ['allow_anonymous true'],
): Promise<Mosquitto> {
  const folder = scratchFolder()
  const port = await freePort()
  const config = join(folder.path, 'mosquitto.conf')
  const lines = [
    ...['persistence true', `persistence_location ${folder.path}/`, 'autosave_interval 1'],
    ...['autosave_on_changes true', 'max_queued_messages 100000', 'user root'],
    ...[`listener ${port} 127.0.0.1`, ...door(folder.path)],
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  let running: Running
  const start = async (): Promise<void> => {
    running = run('mosquitto', ['-c', config])
    await eventually(() => running.output().includes('running'), `mosquitto: ${running.output()}`)
  }
  await start()
  return {
    port,
    async restart() {
      await running.end()
      await start()
    },
    async stop() {
      await running.end()
      folder.remove()
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
