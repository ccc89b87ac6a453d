import { join, resolve } from 'node:path'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)
const flag = z.enum(['0', '1']).transform((value) => value === '1')

/** An address list such as `kiosk.local:7420,10.0.0.5:7420`: what browsers may call the node. */
const hosts = z.string().transform((text) =>
  text
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== ''),
)

/** One level of an MQTT topic. */
const topicPart = z.string().regex(/^[^/+#]{1,64}$/, 'must not hold / + or #')

const environment = z.object({
  BAARI_DATA: z.string().min(1).default('.baari/edge'),
  BAARI_STATION_FILE: z.string().min(1).optional(),
  BAARI_HOST: z.string().min(1).default('127.0.0.1'),
  BAARI_PORT: port.default(7420),
  BAARI_ALLOWED_HOSTS: hosts.default([]),
  BAARI_HTTPS: flag.default(false),
  BAARI_MQTT_HOST: z.string().min(1).default('127.0.0.1'),
  BAARI_MQTT_PORT: port.default(1883),
  BAARI_MQTT: flag.default(true),
  BAARI_MQTT_TLS: z.string().min(1).optional(),
  BAARI_MQTT_TLS_HOST: z.string().min(1).default('0.0.0.0'),
  BAARI_MQTT_TLS_PORT: port.default(8883),
  BAARI_SITE_BROKER: z.url({ protocol: /^mqtts?$/ }).optional(),
  BAARI_SITE_BROKER_TLS: z.string().min(1).optional(),
  BAARI_SPARKPLUG: z.url({ protocol: /^mqtts?$/ }).optional(),
  BAARI_SPARKPLUG_GROUP: topicPart.default('Baari'),
  BAARI_SPARKPLUG_HOST: topicPart.optional(),
  BAARI_CLOUD_URL: z.url({ protocol: /^https?$/ }).optional(),
  BAARI_BACKUP: z.string().min(1).optional(),
  BAARI_KIOSK: z.string().min(1).optional(),
  BAARI_RESERVE_MB: z.coerce.number().int().min(1).max(100_000).default(256),
  BAARI_TELEMETRY_MB: z.coerce.number().int().min(8).max(1_000_000).default(2048),
  BAARI_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

/** What the process was started with; parsed once, then never read from the environment again. */
export type Config = {
  readonly dataFolder: string
  readonly stationFile: string
  readonly http: {
    readonly host: string
    readonly port: number
    /** Further `host:port` texts that browsers use for this node; loopback is always allowed. */
    readonly allowedHosts: readonly string[]
    /** A TLS proxy stands in front: cookies are Secure and origins https. */
    readonly https: boolean
    readonly kioskFolder: string
  }
  readonly mqtt: {
    readonly host: string
    readonly port: number
    readonly enabled: boolean
    /** The door for devices with certificates; null when there is none. */
    readonly secure: {
      readonly host: string
      readonly port: number
      readonly folder: string
    } | null
  }
  /** A broker of the site's own that sensors talk to; absent on most sites. */
  readonly siteBroker: {
    readonly url: string
    /** Folder with `ca.pem`, `cert.pem` and `key.pem`; absent where the broker asks for none. */
    readonly certificates: string | null
  } | null
  /** An operator's Sparkplug B host is shown the station through this broker; off by default. */
  readonly sparkplug: {
    readonly url: string
    readonly group: string
    /** A primary host without which nothing is told. */
    readonly host: string | null
  } | null
  /** Absent: the station runs alone. */
  readonly cloudUrl: string | null
  readonly backupFolder: string
  /** Size at which the oldest stored readings make room. */
  readonly telemetryBytes: number
  /** Room on the disk that only the ledger may use. */
  readonly reserveBytes: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** The environment as a frozen configuration, or one sentence for each wrong variable. */
export function parseConfig(
  variables: Readonly<Record<string, string | undefined>>,
): Result<Config, readonly string[]> {
  const parsed = environment.safeParse(variables)
  if (!parsed.success)
    return err(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  const env = parsed.data
  const dataFolder = resolve(env.BAARI_DATA)
  return ok(
    Object.freeze({
      dataFolder,
      stationFile: resolve(env.BAARI_STATION_FILE ?? join(dataFolder, 'station.yaml')),
      http: Object.freeze({
        host: env.BAARI_HOST,
        port: env.BAARI_PORT,
        allowedHosts: env.BAARI_ALLOWED_HOSTS,
        https: env.BAARI_HTTPS,
        kioskFolder: resolve(env.BAARI_KIOSK ?? join(import.meta.dirname, '../kiosk/dist')),
      }),
      mqtt: Object.freeze({
        host: env.BAARI_MQTT_HOST,
        port: env.BAARI_MQTT_PORT,
        enabled: env.BAARI_MQTT,
        secure:
          env.BAARI_MQTT_TLS === undefined
            ? null
            : Object.freeze({
                host: env.BAARI_MQTT_TLS_HOST,
                port: env.BAARI_MQTT_TLS_PORT,
                folder: resolve(env.BAARI_MQTT_TLS),
              }),
      }),
      siteBroker: siteBrokerOf(env),
      sparkplug: sparkplugOf(env),
      cloudUrl: env.BAARI_CLOUD_URL ?? null,
      backupFolder: resolve(env.BAARI_BACKUP ?? join(dataFolder, 'backups')),
      telemetryBytes: env.BAARI_TELEMETRY_MB * 1_048_576,
      reserveBytes: env.BAARI_RESERVE_MB * 1_048_576,
      logLevel: env.BAARI_LOG,
    }),
  )
}

type Environment = z.output<typeof environment>

function siteBrokerOf({
  BAARI_SITE_BROKER: url,
  BAARI_SITE_BROKER_TLS: folder,
}: Environment): Config['siteBroker'] {
  if (url === undefined) return null
  return Object.freeze({ url, certificates: folder === undefined ? null : resolve(folder) })
}

function sparkplugOf({
  BAARI_SPARKPLUG: url,
  BAARI_SPARKPLUG_GROUP: group,
  BAARI_SPARKPLUG_HOST: host,
}: Environment): Config['sparkplug'] {
  return url === undefined ? null : Object.freeze({ url, group, host: host ?? null })
}
