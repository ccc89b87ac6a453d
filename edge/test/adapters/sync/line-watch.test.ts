import { expect, it } from 'vitest'
import { lineWatch } from '../../../src/adapters/sync/line-watch.ts'

const answers: typeof fetch = () => Promise.resolve(new Response('', { status: 503 }))
const fails: typeof fetch = () => Promise.reject(new TypeError('fetch failed'))

/** A line that fails or answers as its switch stands. */
function switchable() {
  const state = { up: true }
  const watch = lineWatch((...ask) => (state.up ? answers(...ask) : fails(...ask)))
  const ask = (init?: RequestInit) => watch.fetch('http://cloud.example/', init).catch(() => null)
  return { state, watch, ask }
}

it('a line nobody has used is not broken', () => {
  expect(switchable().watch.broken()).toBe(false)
})

it('an exchange that found nobody breaks the line, and the asker still hears why', async () => {
  const { state, watch } = switchable()
  state.up = false
  await expect(watch.fetch('http://cloud.example/')).rejects.toThrow('fetch failed')
  expect(watch.broken()).toBe(true)
})

it('any answer mends it, a busy cloud’s no as well', async () => {
  const { state, watch, ask } = switchable()
  state.up = false
  await ask()
  state.up = true
  await ask()
  expect(watch.broken()).toBe(false)
})

it('an exchange that was given up by its asker says nothing about the line', async () => {
  const { state, watch, ask } = switchable()
  state.up = false
  await ask({ signal: AbortSignal.abort() })
  expect(watch.broken()).toBe(false)
})
