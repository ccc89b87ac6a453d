import { z } from 'zod'

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
  NODE_ENV: z.string().optional(),
})

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
  })
}

type Environment = z.output<typeof environment>

function originsOf(value: Environment): readonly string[] {
  if (value.BAARI_CLOUD_ORIGINS !== undefined) {
    return value.BAARI_CLOUD_ORIGINS.split(',').map((text) => new URL(text.trim()).origin)
  }
  return ['127.0.0.1', 'localhost'].map((name) => `http://${name}:${value.BAARI_CLOUD_PORT}`)
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
