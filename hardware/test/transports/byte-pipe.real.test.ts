import { realpathSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { millis } from '@baari/shared/units/time'
import { SerialPort } from 'serialport'
import { describe, expect, it } from 'vitest'
import { createSerialPipe } from '../../src/transports/serial-pipe.ts'
import { systemClock } from '../../src/transports/system-clock.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { bytePipeContract, type PipeSubject } from '../contracts/byte-pipe.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import { joinPtys, missingProgram, scratchFolder } from '../rigs/foreign-program.ts'

const clock = systemClock()

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

bytePipeContract('TCP', async (): Promise<PipeSubject> => {
  const received: number[] = []
  let sockets: readonly Socket[] = []
  const serve = (): Server =>
    createServer((socket) => {
      sockets = [...sockets, socket]
      socket.on('data', (bytes) => received.push(...bytes))
      socket.on('error', () => undefined)
    })
  let server = serve()
  const port = await listen(server, 0)
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    sockets = []
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    pipe: createTcpPipe({ name: 'np1', clock, host: '127.0.0.1', port }),
    farSends: (bytes) => sockets.at(-1)?.write(bytes),
    farReceived: () => Uint8Array.from(received),
    breakLine: stop,
    mendLine: async () => {
      server = serve()
      await listen(server, port)
    },
    eventually,
    dispose: stop,
  }
})

const missing = missingProgram('socat', 'socat')

describe.skipIf(missing !== null)(
  `serial over a pty${missing === null ? '' : ` (${missing})`}`,
  () => {
    bytePipeContract('serial', async (): Promise<PipeSubject> => {
      const folder = scratchFolder()
      let ptys = await joinPtys(folder.path)
      const received: number[] = []
      const farEnd = async (): Promise<SerialPort> => {
        const port = new SerialPort({ path: ptys.far, baudRate: 9600, autoOpen: false })
        port.on('data', (bytes: Uint8Array) => received.push(...bytes))
        port.on('error', () => undefined)
        await new Promise((resolve) => port.open(resolve))
        return port
      }
      let far = await farEnd()
      return {
        pipe: createSerialPipe({
          name: 'rs1',
          clock,
          match: { path: ptys.near },
          baud: 9600,
          dataBits: 8,
          parity: 'none',
          stopBits: 1,
          silentReplyMs: null,
        }),
        farSends: (bytes) => void far.write(bytes),
        farReceived: () => Uint8Array.from(received),
        breakLine: () => ptys.socat.end('SIGKILL'),
        mendLine: async () => {
          rmSync(ptys.near, { force: true })
          rmSync(ptys.far, { force: true })
          ptys = await joinPtys(folder.path)
          far = await farEnd()
        },
        eventually,
        dispose: async () => {
          if (far.isOpen) far.close()
          await ptys.socat.end()
          folder.remove()
        },
      }
    })
  },
)

describe.skipIf(missing !== null)(
  `an adapter found by its identity${missing === null ? '' : ` (${missing})`}`,
  () => {
    it('S10 an adapter that comes back under another name is found again by its by-id link', async () => {
      const links = scratchFolder()
      const plugged = async () => {
        const folder = scratchFolder()
        const ptys = await joinPtys(folder.path)
        const link = join(links.path, 'usb-FTDI_A10K-if00')
        rmSync(link, { force: true })
        symlinkSync(realpathSync(ptys.near), link)
        return { ...ptys, folder }
      }
      // Another adapter, whose number the first one's may become.
      symlinkSync('/dev/null', join(links.path, 'usb-Prolific_B2-if00'))
      const before = await plugged()
      const pipe = createSerialPipe({
        name: 'rs1',
        clock,
        match: { by_id: 'usb-FTDI_.*-if00' },
        linkFolder: links.path,
        baud: 9600,
        dataBits: 8,
        parity: 'none',
        stopBits: 1,
        silentReplyMs: null,
      })
      pipe.start()
      await eventually(() => pipe.state() === 'open', 'open')
      const after = await plugged()
      await before.socat.end('SIGKILL')
      await eventually(() => pipe.counters().opens === 2, 'open again')
      const far = new SerialPort({ path: after.far, baudRate: 9600 })
      const heard: number[] = []
      far.on('data', (bytes: Uint8Array) => heard.push(...bytes))
      expect(pipe.write(Uint8Array.of(0x51))).toBe(true)
      await eventually(() => heard.length === 1, 'the byte at the new name')
      expect(heard).toEqual([0x51])
      far.close()
      await pipe.close()
      await after.socat.end()
      for (const folder of [links, before.folder, after.folder]) folder.remove()
    })
  },
)

it('S11 while one port cannot be opened, another line of the process goes on', async () => {
  const echo = createServer((socket) => socket.pipe(socket).on('error', () => undefined))
  const port = await listen(echo, 0)
  const lost = createTcpPipe({ name: 'np9', clock, host: '127.0.0.1', port: 1 })
  const good = createTcpPipe({ name: 'np1', clock, host: '127.0.0.1', port, silentReplyMs: null })
  const heard: number[] = []
  good.onBytes((bytes) => heard.push(...bytes))
  lost.start()
  good.start()
  await eventually(() => lost.counters().openFailures >= 2, 'two failures to open')
  expect(good.write(Uint8Array.of(7))).toBe(true)
  await eventually(() => heard.length === 1, 'the echo')
  expect(lost.fault()).toMatchObject({ code: 'port_unavailable', device: 'np9' })
  expect(good.counters()).toMatchObject({ opens: 1, losses: 0 })
  await lost.close()
  await good.close()
  await new Promise<void>((resolve) => echo.close(() => resolve()))
})

it('S11 a serial port that is not there is a typed fault and the pipe goes on trying', async () => {
  const pipe = createSerialPipe({
    name: 'rs9',
    clock,
    match: { path: '/dev/serial/by-path/nothing' },
    baud: 9600,
    dataBits: 8,
    parity: 'even',
    stopBits: 1,
    silentReplyMs: millis(2_000),
  })
  pipe.start()
  await eventually(() => pipe.counters().openFailures >= 2, 'two failures to open')
  expect(pipe.fault()).toMatchObject({ code: 'port_unavailable', device: 'rs9' })
  expect(pipe.fault()?.hint).toContain('not plugged in')
  await pipe.close()
})
