import { problem } from '@baari/shared/contracts/http/problem'
import { enrolAnswer, enrolText, type EnrolAnswer } from '@baari/shared/contracts/sync/enrol'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { seconds } from '@baari/shared/units/time'

export type EnrolAsk = {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly station: number
  readonly code: string
  /** Ed25519 and X25519 public keys, base64url. */
  readonly publicKey: string
  readonly wrapKey: string
  /** Ed25519 over UTF-8, base64url. */
  readonly sign: (text: string) => string
}

/** The cloud's stable code, or what failed on the way. */
export type EnrolRefused =
  | { readonly kind: 'refused'; readonly code: string; readonly title: string }
  | { readonly kind: 'failed'; readonly reason: string }

const deadline = seconds(20)

/** Asks the cloud once; a person stands by and repeats it, so nothing is tried again here. */
export async function askToEnrol(ask: EnrolAsk): Promise<Result<EnrolAnswer, EnrolRefused>> {
  const { station, code, publicKey, wrapKey } = ask
  const sig = ask.sign(enrolText({ station, code, publicKey, wrapKey }))
  try {
    const response = await ask.fetch(new URL('/v1/enrol', ask.baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ station, code, public_key: publicKey, wrap_key: wrapKey, sig }),
      redirect: 'error',
      signal: AbortSignal.timeout(deadline),
    })
    const body: unknown = await response.json()
    if (response.ok) return ok(enrolAnswer.parse(body))
    const told = problem.safeParse(body)
    return told.success
      ? err({ kind: 'refused', code: told.data.code, title: told.data.title })
      : err({ kind: 'failed', reason: `status ${response.status}` })
  } catch (error) {
    return err({ kind: 'failed', reason: String(error) })
  }
}
