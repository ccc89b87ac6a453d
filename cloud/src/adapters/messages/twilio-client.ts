import twilio from 'twilio'
import RequestClient from 'twilio/lib/base/RequestClient.js'

export type TwilioAccount = {
  readonly accountSid: string
  readonly authToken: string
  /** Header or number the messages come from. */
  readonly from: string
  /** Where the carrier's API answers instead of its own address; a loopback address. */
  readonly baseUrl: string | undefined
  /** The cloud as the carrier reaches it: receipts go there. */
  readonly publicUrl: string
  readonly deadlineMs: number
}

/** The vendor's client under our deadline. It tries nothing again: the outbox does. */
export function twilioClient(account: TwilioAccount): ReturnType<typeof twilio> {
  const { accountSid, authToken, baseUrl, deadlineMs } = account
  const line = { timeout: deadlineMs, autoRetry: false }
  const httpClient =
    baseUrl === undefined ? new RequestClient(line) : new ElsewhereClient(baseUrl, line)
  return twilio(accountSid, authToken, { httpClient, lazyLoading: true })
}

/** Carries the vendor's requests to another base, path and query as they are. */
class ElsewhereClient extends RequestClient {
  readonly #base: string

  constructor(base: string, options: RequestClient.RequestClientOptions) {
    super(options)
    this.#base = base
  }

  override request<T>(
    options: RequestClient.RequestOptions<T>,
  ): ReturnType<typeof RequestClient.prototype.request<T>> {
    const asked = new URL(options.uri)
    const uri = new URL(asked.pathname + asked.search, this.#base).href
    const service = asked.hostname.split('.')[0] ?? ''
    return super.request({
      ...options,
      uri,
      headers: { ...options.headers, 'X-Twilio-Service': service },
    })
  }
}

/** Path of the cloud that hears what came of a message. */
export const receiptPath = (message: string): string => `/carrier/messages/${message}/receipt`

/** Receipts are signed over the whole address, so it is built from ours and never from a request's. */
export const receiptUrl = ({ publicUrl }: Pick<TwilioAccount, 'publicUrl'>, message: string) =>
  new URL(receiptPath(message), publicUrl).href
