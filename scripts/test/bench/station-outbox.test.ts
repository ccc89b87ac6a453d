import { chainStart, nextHash } from '@baari/edge/adapters/ledger/chain-start'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { expect, it } from 'vitest'
import { stationOutbox } from '../../bench/fleet/station-outbox.ts'
import { bookingMoments } from '../../bench/uplink/booking-ops.ts'

const booking = '00000000-0000-7000-8000-000000000001'

function vehicle() {
  const making = { ids: countingIds(), prng: seededPrng(1), totalisers: [0] }
  return bookingMoments(making, { booking, arrivesMs: 1_760_000_000_000 })
}

it('runs follow each other in number and chain', () => {
  const outbox = stationOutbox(7, 'ab')
  const [first, ...rest] = vehicle()
  const runs = [outbox.run(first === undefined ? [] : [first]), outbox.run(rest)]
  let chain = chainStart({ station: 7, epoch: 'ab', stream: 'ledger' })
  let seq = 0
  for (const run of runs) {
    expect([run.first, run.prevChain]).toEqual([seq + 1, chain.toString('hex')])
    for (const line of Buffer.from(run.lines).toString('utf8').trimEnd().split('\n')) {
      expect(opLine.parse(JSON.parse(line)).s).toBe((seq += 1))
      chain = nextHash(chain, Buffer.from(line, 'utf8'))
    }
    expect(run.last).toBe(seq)
  }
})

it('what an op names is introduced once, before it', () => {
  const lines = Buffer.from(stationOutbox(7, 'ab').run(vehicle()).lines).toString('utf8')
  const ops = lines
    .trimEnd()
    .split('\n')
    .map((line) => opLine.parse(JSON.parse(line)))
  const introduced = ops.filter(({ k }) => k === 'entity').map(({ e }) => e)
  expect(introduced).toEqual([...new Set(ops.map(({ e }) => e))])
})
