import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventCutter } from '../../clients/event-stream.ts'

const stream = 'event: scan\ndata: {"a":1}\n\n: heartbeat\n\nevent: view\ndata: one\ndata: two\n\n'
const events = [
  { event: 'scan', data: '{"a":1}' },
  { event: 'view', data: 'one\ntwo' },
]

it('events end at a blank line, and comments are none', () => {
  expect(new EventCutter().feed(stream)).toEqual(events)
})

it('however the bytes are cut, the same events come out', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
      const cutter = new EventCutter()
      const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length]
      const parts = at.slice(1).map((end, index) => stream.slice(at[index], end))
      expect(parts.flatMap((part) => cutter.feed(part))).toEqual(events)
    }),
  )
})

it('an event that has not ended is kept', () => {
  const cutter = new EventCutter()
  expect(cutter.feed('event: view\ndata: a\n')).toEqual([])
  expect(cutter.feed('\n')).toEqual([{ event: 'view', data: 'a' }])
})
