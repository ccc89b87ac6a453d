import type { Command } from 'commander'

type DecodeOptions = { readonly protocol?: string; readonly hex?: string }

/** `baari hardware …`: what a technician with a recording needs. */
export function register(program: Command): void {
  program
    .command('hardware')
    .description('devices and their wire protocols')
    .command('decode')
    .description('read recorded bytes; prints one JSON object, exit code 0, 1 refused or 2 misused')
    .option('--protocol <name>', 'wire protocol; a wrong name lists what there is')
    .option('--hex <bytes>', 'bytes in hex, with or without spaces')
    .action(decode)
}

async function decode(options: DecodeOptions): Promise<void> {
  const { decodeHex } = await import('../decode-hex.ts')
  const { exitCode, answer } = decodeHex(options)
  process.stdout.write(`${JSON.stringify(answer)}\n`)
  process.exitCode = exitCode
}
