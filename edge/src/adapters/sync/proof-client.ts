import {
  digestBucketsAnswer,
  digestDaysAnswer,
  digestHead,
  digestHeadHeader,
  digestKeysAnswer,
  digestRepairAnswer,
} from '@baari/shared/contracts/sync/digest'
import { seconds } from '@baari/shared/units/time'
import type { ProofAsk, ProofLine } from '../../ports/proof-line.ts'
import { exchange, jsonOf, type ExchangeDeps } from './exchange.ts'

type Deps = Pick<ExchangeDeps, 'baseUrl' | 'fetch'>

/** A month of one busy station is counted from its rows in a second or two. */
const deadline = seconds(30)

/** The digests over HTTPS. */
export function proofClient(deps: Deps): ProofLine {
  const get = (ask: ProofAsk, path: string) =>
    ({ ...common(ask), method: 'GET', path: `/v1/digest/${path}` }) as const
  return {
    days: (ask, { set, from, to, recount }) =>
      exchange(deps, {
        ...get(ask, `${set}?from=${from}&to=${to}&recount=${recount ? 1 : 0}`),
        async read(response) {
          const head = response.headers.get(digestHeadHeader)
          return {
            days: digestDaysAnswer.parse(await response.json()),
            head: head === null ? null : digestHead.parse(head),
          }
        },
      }),
    buckets: (ask, { set, day }) =>
      exchange(deps, { ...get(ask, `${set}/${day}`), read: jsonOf(digestBucketsAnswer) }),
    keys: (ask, { set, day, bucket }) =>
      exchange(deps, { ...get(ask, `${set}/${day}/${bucket}`), read: jsonOf(digestKeysAnswer) }),
    resend: (ask, { set, ops }) =>
      exchange(deps, {
        ...common(ask),
        headers: { ...bearer(ask), 'content-type': 'application/json' },
        method: 'POST',
        path: `/v1/digest/${set}/repair`,
        body: JSON.stringify({
          ops: ops.map(({ epoch, seq, raw }) => ({ epoch, seq, line: textOf(raw) })),
        }),
        read: jsonOf(digestRepairAnswer),
      }),
  }
}

function common(ask: ProofAsk) {
  return { headers: bearer(ask), deadline, signal: ask.signal }
}

function bearer({ session }: ProofAsk): { readonly authorization: string } {
  return { authorization: `Bearer ${session.token}` }
}

/** Lines are UTF-8 as they were written. */
function textOf(raw: Uint8Array): string {
  return Buffer.from(raw).toString('utf8')
}
