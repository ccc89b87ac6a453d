import { expect, it } from 'vitest'
import { parseConfig } from '../src/config.ts'

it('an empty environment gives a node on loopback only', () => {
  const config = parseConfig({})
  expect(config).toMatchObject({
    ok: true,
    value: { http: { host: '127.0.0.1', port: 7420, https: false }, cloudUrl: null },
  })
  expect(config.ok && Object.isFrozen(config.value)).toBe(true)
})

it('every wrong variable is named', () => {
  const config = parseConfig({ BAARI_PORT: '99999', BAARI_CLOUD_URL: 'ftp://x', BAARI_LOG: 'loud' })
  expect(config.ok ? [] : config.error.map((text) => text.split(':')[0])).toEqual([
    'BAARI_PORT',
    'BAARI_CLOUD_URL',
    'BAARI_LOG',
  ])
})

it('allowed hosts are a list in lower case', () => {
  const config = parseConfig({ BAARI_ALLOWED_HOSTS: 'Kiosk.local:7420, 10.0.0.5:7420,' })
  expect(config.ok && config.value.http.allowedHosts).toEqual(['kiosk.local:7420', '10.0.0.5:7420'])
})

it('a broker of the site is an MQTT address, with or without certificates', () => {
  const siteBroker = (variables: Record<string, string>) => {
    const config = parseConfig(variables)
    return config.ok ? config.value.siteBroker : config.error[0]
  }
  expect(siteBroker({})).toBeNull()
  const url = 'mqtts://broker.local:8883'
  expect(siteBroker({ BAARI_SITE_BROKER: url })).toEqual({ url, certificates: null })
  expect(siteBroker({ BAARI_SITE_BROKER: url, BAARI_SITE_BROKER_TLS: '/etc/baari/tls' })).toEqual({
    url,
    certificates: '/etc/baari/tls',
  })
  expect(siteBroker({ BAARI_SITE_BROKER: 'http://broker' })).toContain('BAARI_SITE_BROKER')
})

it('a Sparkplug host is off unless its broker is named', () => {
  const sparkplug = (variables: Record<string, string>) => {
    const config = parseConfig(variables)
    return config.ok ? config.value.sparkplug : config.error[0]
  }
  const url = 'mqtt://scada.local:1883'
  expect(sparkplug({})).toBeNull()
  expect(sparkplug({ BAARI_SPARKPLUG: url })).toEqual({ url, group: 'Baari', host: null })
  expect(sparkplug({ BAARI_SPARKPLUG: url, BAARI_SPARKPLUG_HOST: 'a/b' })).toContain('must not')
})
