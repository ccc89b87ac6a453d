import type { Hono } from 'hono'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Pool } from 'pg'
import { Counter, Gauge, type Registry } from 'prom-client'
import { carrierReceiptRoutes } from '../adapters/http/routes/carrier-receipts.ts'
import { twilioCarrier } from '../adapters/messages/twilio-carrier.ts'
import { twilioReceipts } from '../adapters/messages/twilio-receipts.ts'
import { messageOutboxOf, unfinishedMessages } from '../adapters/postgres/outbox.ts'
import { writtenMessagesOf } from '../adapters/postgres/written-messages.ts'
import { deliverMessages, endStale, type OutboxDeps } from '../app/messaging/deliver-messages.ts'
import { receiveReceipt } from '../app/messaging/receive-receipt.ts'
import { askAboutWritten, sendWritten } from '../app/messaging/write-message.ts'
import type { CloudConfig } from '../config.ts'
import type { MessageCarrier } from '../ports/message-carrier.ts'
import type { Drivers } from '../ports/people.ts'
import type { JobRuns } from './jobs.ts'

export type MessageSide = {
  /** Undefined where none is configured. */
  readonly carrier: MessageCarrier | undefined
  readonly routes: Hono
  readonly jobs: Pick<JobRuns, 'deliverMessages'>
}

export type MessageParts = {
  readonly config: Pick<CloudConfig, 'carrier' | 'sandboxUrl'>
  readonly pool: Pool
  readonly clock: Clock
  readonly drivers: Drivers
  readonly registry: Registry
}

/** Twilio's own bound is 10 s; a message is another sender's after 30. */
const deadlineMs = 8_000

/** Sends what waits in the outbox and hears what came of it. Without a carrier it only lets it end. */
export function messageSide({ config, pool, clock, drivers, registry }: MessageParts): MessageSide {
  const account = config.carrier && {
    ...config.carrier,
    ...{ baseUrl: config.sandboxUrl, deadlineMs },
  }
  const carrier = account && twilioCarrier(account)
  const counted = countersOf(registry, pool)
  const deps: OutboxDeps = { outbox: messageOutboxOf(pool), clock, told: counted.told }
  const write = carrier && { find: writtenMessagesOf(pool, drivers), carrier, clock }
  const delivery = write && { ...deps, send: sendWritten(write), ask: askAboutWritten(write) }
  return {
    carrier,
    routes: carrierReceiptRoutes({
      read: account && twilioReceipts(account),
      receive: (receipt) => receiveReceipt(deps, receipt),
      onForged: counted.forged,
    }),
    jobs: { deliverMessages: () => (delivery ? deliverMessages(delivery) : endStale(deps)) },
  }
}

function countersOf(registry: Registry, pool: Pool) {
  const events = new Counter({
    name: 'baari_message_events_total',
    help: 'What happened to messages on their way to phones',
    labelNames: ['event'],
    registers: [registry],
  })
  const forged = new Counter({
    name: 'baari_message_receipts_refused_total',
    help: 'Receipts whose signature or form was not the carrier’s',
    registers: [registry],
  })
  new Gauge({
    name: 'baari_messages_unfinished',
    help: 'Messages that wait, are being sent, or of which nobody knows',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { state, count } of await unfinishedMessages(pool)) this.set({ state }, count)
    },
  })
  return {
    told: (event: string): void => events.inc({ event }),
    forged: (): void => forged.inc(),
  }
}
