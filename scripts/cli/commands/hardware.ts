import type { Command } from 'commander'

type DecodeOptions = { readonly protocol?: string; readonly hex?: string }

/** `baari hardware …`: what a technician with a recording needs. */
export function register(program: Command): void {
  const hardware = program.command('hardware').description('devices and their wire protocols')
  hardware
    .command('decode')
    .description('read recorded bytes; prints one JSON object, exit code 0, 1 refused or 2 misused')
    .option('--protocol <name>', 'wire protocol; a wrong name lists what there is')
    .option('--hex <bytes>', 'bytes in hex, with or without spaces')
    .action(decode)
  hardware
    .command('replay <file>')
    .description(
      'read a recorded line; one JSON object a line, exit code 0, 1 no frame or 2 misused',
    )
    .option('--protocol <name>', 'wire protocol; a wrong name lists what there is')
    .action(replay)
}

async function replay(file: string, { protocol }: DecodeOptions): Promise<void> {
  const { replayFrames } = await import('../replay-frames.ts')
  const lines = replayFrames(protocol === undefined ? { file } : { file, protocol })
  for (let line = lines.next(); ; line = lines.next()) {
    if (line.done === true) {
      process.exitCode = line.value
      return
    }
    process.stdout.write(`${JSON.stringify(line.value)}\n`)
  }
}

async function decode(options: DecodeOptions): Promise<void> {
  const { decodeHex } = await import('../decode-hex.ts')
  const { exitCode, answer } = decodeHex(options)
  process.stdout.write(`${JSON.stringify(answer)}\n`)
  process.exitCode = exitCode
}
