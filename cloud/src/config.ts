import { z } from 'zod'
import { millis, type Millis } from '@baari/shared/units/time'

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1')
/** A composition file can leave a variable empty, but not away. */
const orUnset = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())

const port = z.coerce.number().int().min(0).max(65_535)
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

const environment = z.object({
  BAARI_CLOUD_HOST: z.string().default('127.0.0.1'),
  BAARI_CLOUD_PORT: port.default(7410),
  BAARI_DATABASE_URL: z.url(),
  BAARI_DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(20),
  /** Keys live here, one folder for all processes of one cloud. */
  BAARI_CLOUD_DATA: z.string().min(1),
  /** Origins a browser may write from, separated by commas. */
  BAARI_CLOUD_ORIGINS: z.string().optional(),
  BAARI_DRIVER_WEB: z.string().optional(),
  /** Folder of the built operators' page. */
  BAARI_DASHBOARD: z.string().optional(),
  /** How many proxies in front append to X-Forwarded-For; 0 trusts the socket alone. */
  BAARI_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  SANDBOX_URL: z.url().optional(),
  /** An OSRM service that knows the roads; arrivals are reckoned without one where it is unset. */
  BAARI_ROUTES_URL: orUnset(z.url()),
  /** The cloud as a carrier of messages reaches it; what came of each message is told there. */
  BAARI_PUBLIC_URL: orUnset(z.url()),
  TWILIO_ACCOUNT_SID: orUnset(z.string().regex(/^AC[0-9a-f]{32}$/)),
  TWILIO_AUTH_TOKEN: orUnset(z.string().min(16).max(128)),
  TWILIO_FROM: orUnset(z.string().min(1).max(20)),
  NODE_ENV: z.string().optional(),
  BAARI_SHAPE_CHUNK_BYTES: z.coerce.number().int().min(1_000).max(16_777_216).default(1_048_576),
  BAARI_SHAPE_MAX_AGE_S: z.coerce.number().int().min(0).max(86_400).default(60),
  BAARI_SHAPE_STALE_S: z.coerce.number().int().min(0).max(86_400).default(300),
  BAARI_SHAPE_ALLOW_DELETE: flag,
  BAARI_SHAPE_UNRESTRICTED: flag,
  /** The client of the protocol gives a request up after 45 s. */
  BAARI_SHAPE_LONG_POLL_MS: z.coerce.number().int().min(1_000).max(40_000).default(20_000),
  BAARI_SHAPE_SSE_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000),
  ELECTRIC_URL: orUnset(z.url()),
  ELECTRIC_SECRET: orUnset(z.string().min(1)),
})

/** The shape protocol's settings (sync.md 6.7). */
export type ShapeSettings = {
  readonly chunkBytes: number
  readonly cache: { readonly maxAgeS: number; readonly staleS: number }
  readonly allowDelete: boolean
  /** Any table for anybody, without stations: development and conformance on loopback only. */
  readonly unrestricted: boolean
  readonly holdFor: Millis
  readonly streamFor: Millis
  /** A real Electric service that answers behind our gatekeeper. */
  readonly electric: ElectricService | undefined
}

export type ElectricService = { readonly url: string; readonly secret: string | undefined }

/** Account at the carrier of messages (integrations.md section 4). */
export type CarrierSettings = {
  readonly accountSid: string
  readonly authToken: string
  readonly from: string
  readonly publicUrl: string
}

export type CloudConfig = {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly poolSize: number
  readonly dataFolder: string
  readonly origins: readonly string[]
  readonly secureCookies: boolean
  readonly driverWebFolder: string | undefined
  readonly dashboardFolder: string | undefined
  readonly trustedProxies: number
  readonly sandboxUrl: string | undefined
  readonly routesUrl: string | undefined
  /** Undefined: messages wait until they expire. */
  readonly carrier: CarrierSettings | undefined
  readonly shapes: ShapeSettings
}

/** The environment cannot be used as it is; the message says what to change. */
export class WrongConfiguration extends Error {
  override readonly name = 'WrongConfiguration'
}

/** Reads the environment once. Throws one readable message that names every wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): CloudConfig {
  const parsed = environment.safeParse(env)
  if (!parsed.success)
    throw new WrongConfiguration(`cloud configuration: ${z.prettifyError(parsed.error)}`)
  const value = parsed.data
  const origins = originsOf(value)
  refuseSandboxAbroad(value)
  refuseOpenShapesAbroad(value)
  return Object.freeze({
    host: value.BAARI_CLOUD_HOST,
    port: value.BAARI_CLOUD_PORT,
    databaseUrl: value.BAARI_DATABASE_URL,
    poolSize: value.BAARI_DATABASE_POOL,
    dataFolder: value.BAARI_CLOUD_DATA,
    origins,
    secureCookies: origins.every((origin) => origin.startsWith('https:')),
    driverWebFolder: value.BAARI_DRIVER_WEB,
    dashboardFolder: value.BAARI_DASHBOARD,
    trustedProxies: value.BAARI_TRUSTED_PROXIES,
    sandboxUrl: value.SANDBOX_URL,
    routesUrl: value.BAARI_ROUTES_URL,
    carrier: carrierOf(value),
    shapes: shapesOf(value),
  })
}

type Environment = z.output<typeof environment>

function originsOf(value: Environment): readonly string[] {
  if (value.BAARI_CLOUD_ORIGINS !== undefined) {
    return value.BAARI_CLOUD_ORIGINS.split(',').map((text) => new URL(text.trim()).origin)
  }
  return ['127.0.0.1', 'localhost'].map((name) => `http://${name}:${value.BAARI_CLOUD_PORT}`)
}

function shapesOf(value: Environment): ShapeSettings {
  const { ELECTRIC_URL: url, ELECTRIC_SECRET: secret } = value
  return {
    chunkBytes: value.BAARI_SHAPE_CHUNK_BYTES,
    cache: { maxAgeS: value.BAARI_SHAPE_MAX_AGE_S, staleS: value.BAARI_SHAPE_STALE_S },
    allowDelete: value.BAARI_SHAPE_ALLOW_DELETE,
    unrestricted: value.BAARI_SHAPE_UNRESTRICTED,
    holdFor: millis(value.BAARI_SHAPE_LONG_POLL_MS),
    streamFor: millis(value.BAARI_SHAPE_SSE_MS),
    electric: url === undefined ? undefined : { url, secret },
  }
}

/** All four or none: half an account would leave messages waiting without anybody noticing. */
function carrierOf(value: Environment): CarrierSettings | undefined {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = value
  const { BAARI_PUBLIC_URL: publicUrl } = value
  if (accountSid === undefined && authToken === undefined && from === undefined) return undefined
  if (!accountSid || !authToken || !from || !publicUrl) {
    throw new WrongConfiguration(
      'a carrier needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM and BAARI_PUBLIC_URL',
    )
  }
  return { accountSid, authToken, from, publicUrl }
}

/** Whoever reaches the unrestricted mode reads every table: only this machine may. */
function refuseOpenShapesAbroad({ BAARI_SHAPE_UNRESTRICTED, BAARI_CLOUD_HOST }: Environment): void {
  if (BAARI_SHAPE_UNRESTRICTED && !['127.0.0.1', '::1'].includes(BAARI_CLOUD_HOST)) {
    throw new WrongConfiguration(
      'BAARI_SHAPE_UNRESTRICTED needs BAARI_CLOUD_HOST to be 127.0.0.1 or ::1',
    )
  }
}

/** The sandbox answers for vendors: never in production and never beyond this machine. */
function refuseSandboxAbroad({ SANDBOX_URL, NODE_ENV }: Environment): void {
  if (SANDBOX_URL === undefined) return
  if (NODE_ENV === 'production')
    throw new WrongConfiguration('SANDBOX_URL is not allowed in production')
  if (!loopbackNames.has(new URL(SANDBOX_URL).hostname)) {
    throw new WrongConfiguration('SANDBOX_URL must be a loopback address')
  }
}
