import type { Ledger } from '../../ports/ledger.ts'
import type { signDelay, unsignedDelays } from './station-delay.ts'

type DelayCommands = {
  readonly 'delay.unsigned': typeof unsignedDelays
  readonly 'delay.sign': typeof signDelay
}

/** The station's key: Ed25519 over UTF-8, base64url. */
export type StationSeal = {
  readonly kid: number
  readonly sign: (text: string) => string
}

/**
 * Signs what the station has raised since the last time. It needs no link: the tokens of the day are
 * extended here from the raise on, and the cloud learns it with the ledger stream.
 */
export async function signDelays(
  ledger: Pick<Ledger<DelayCommands>, 'run'>,
  { kid, sign }: StationSeal,
): Promise<number> {
  const { raised, texts } = await ledger.run('delay.unsigned', {})
  let signed = 0
  for (const [at, one] of raised.entries()) {
    const done = await ledger.run('delay.sign', { raised: one, kid, sig: sign(texts[at] ?? '') })
    if (done.signed) signed += 1
  }
  return signed
}
