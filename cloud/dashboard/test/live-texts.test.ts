import { liveStations, type LiveStation } from '@baari/shared/contracts/http/live-api'
import { present } from '@baari/shared/faults/assert'
import { describe, expect, it } from 'vitest'
import {
  ageText,
  guidanceOf,
  latePlaces,
  promiseText,
  stateText,
  wrongNow,
} from '../src/parts/live-texts.ts'
import { en } from '../src/words/en.ts'
import { hi } from '../src/words/hi.ts'

const none = { late: 0, booked: 0 }
const plain = {
  ...{ station: 42, name: 'A', open: true, heardAtMs: 900, stale: false, unsentOps: 0 },
  ...{ oldestUnsentMs: null, positions: [], queue: null, oldestWalkInMs: null, wait: null },
  ...{ gas: null, delayMin: 0, cutUntilMs: null, alarms: [], alarmsMore: false },
  risk: { ...none, line: none, windows: [] },
}

function station(more: object): LiveStation {
  const [one] = liveStations.parse({ nowMs: 1_000, stations: [{ ...plain, ...more }] }).stations
  return present(one, 'the station')
}

const alarm = (code: string, severity: string, sinceMs: number) => ({
  ...{ source: 'position', code, subject: 'position 2', detail: '', severity, sinceMs },
})

describe('what is wrong now', () => {
  it('a station without an alarm, heard and on time, has nothing', () => {
    expect(wrongNow(en, [station({})])).toEqual([])
  })

  it('danger stands first, then who waits the longest; findings of the cloud stand among them', () => {
    const away = station({ station: 7, stale: true, heardAtMs: 50, risk: null })
    const late = station({
      risk: { late: 3.4, booked: 9, line: none, windows: [] },
      alarms: [alarm('bus_offline', 'act', 90), alarm('gas_alarm', 'danger', 100)],
    })
    const wrong = wrongNow(en, [away, late])
    expect(wrong.map(({ key }) => key)).toEqual([
      '42/position/gas_alarm/position 2',
      '7/away',
      '42/position/bus_offline/position 2',
      '42/late',
    ])
    expect(wrong[2]?.about).toBe('Position 2')
    expect(wrong[3]?.what).toContain('3 of 9')
  })

  it('every alarm has words, that of a newer station those of its part', () => {
    const of = (source: string, code: string) =>
      guidanceOf(hi, { ...station({ alarms: [alarm(code, 'note', 1)] }).alarms[0]!, source, code })
    expect(of('position', 'idle_with_queue')).toBe(hi.alarms.code.idle_with_queue)
    expect(of('disk', 'a_code_of_tomorrow')).toBe(hi.alarms.source.disk)
    expect(of('hydrogen', 'a_code_of_tomorrow')).toBe(hi.alarms.source.other)
  })
})

describe('the words of a station', () => {
  it('a promise is kept until one whole vehicle is late; then it says where', () => {
    const kept = { late: 0.9, booked: 8, line: none, windows: [] }
    expect(promiseText(en, station({ risk: kept }).risk)).toContain('all 8')
    const windows = [
      { startMs: 0, booked: 4, late: 0.2 },
      { startMs: 1_800_000, booked: 12, late: 5.6 },
    ]
    const { risk } = station({
      risk: { late: 7, booked: 16, line: { booked: 2, late: 1 }, windows },
    })
    expect(promiseText(en, risk)).toBe('7 of 16 booked will be late')
    expect(risk && latePlaces(en, risk)).toBe('in the line 1/2, 06:00 6/12')
    expect(promiseText(en, null)).toBe(en.live.promiseUnknown)
  })

  it('an age has its largest whole measure; a state of a newer station stands as it came', () => {
    expect(ageText(en, 59_999)).toBe('59 s')
    expect(ageText(en, 7_300_000)).toBe('2 h')
    expect(ageText(en, -5)).toBe('0 s')
    expect(stateText(hi, 'filling')).toBe('भर रहा है')
    expect(stateText(hi, 'cooling')).toBe('cooling')
  })
})
