import type { SandboxMessage } from './message-store.ts'

/** GSM-7 texts hold 160 characters, others 70 (UCS-2). */
function segmentsOf(body: string): number {
  const plain = /^[\u0000-\u007f]*$/.test(body)
  return Math.ceil(body.length / (plain ? 160 : 70))
}

/** The message as Twilio's 2010-04-01 API shows it. */
export function messageResource(accountSid: string, message: SandboxMessage) {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`
  const at = new Date(message.atMs).toUTCString().replace('GMT', '+0000')
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: at,
    date_sent: message.status === 'queued' ? null : at,
    date_updated: at,
    direction: 'outbound-api',
    error_code: message.errorCode,
    error_message: null,
    from: message.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(segmentsOf(message.body)),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  }
}

/** One page of a list, in the vendor's form; everything asked for fits on it. */
export function messagePage(accountSid: string, messages: readonly SandboxMessage[]) {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages.json`
  return {
    end: Math.max(0, messages.length - 1),
    first_page_uri: uri,
    messages: messages.map((message) => messageResource(accountSid, message)),
    next_page_uri: null,
    page: 0,
    page_size: 50,
    previous_page_uri: null,
    start: 0,
    uri,
  }
}
