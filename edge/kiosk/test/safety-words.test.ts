import { refusalCodes } from '@baari/shared/faults/catalogue'
import { photoBytesMax } from '@baari/shared/contracts/http/edge-api'
import { instant } from '@baari/shared/units/time'
import i18next from 'i18next'
import { describe, expect, it } from 'vitest'
import { en } from '../src/i18n/en.ts'
import { hi } from '../src/i18n/hi.ts'
import { refusedText } from '../src/panels/positions.tsx'
import { base64Of, scaledSize, shortJpeg, type Size } from '../src/parts/photo.ts'

const words = i18next.createInstance()
await words.init({
  lng: 'en',
  resources: { en: { translation: en }, hi: { translation: hi } },
  interpolation: { escapeValue: false },
})
const said = (language: 'en' | 'hi', code: string, condition: string | null): string =>
  refusedText({ code, condition, atMs: instant(0) }, words.getFixedT(language))

describe('why a touch gave no gas', () => {
  it('is said in the words of the interlock, in both languages', () => {
    expect(said('en', 'interlock_open', 'gas')).toBe(
      'No gas: a gas detector warns or cannot be read',
    )
    expect(said('hi', 'interlock_open', 'gas')).toContain('गैस डिटेक्टर')
  })
  it('is said by the code where no interlock is named, and never as a bare code', () => {
    expect(said('en', 'ticket_unknown', null)).toBe('No gas: No such number in the line.')
    for (const code of Object.keys(refusalCodes))
      expect(said('en', code, 'not-a-row')).not.toContain(code)
  })
})

describe('a photo for the node', () => {
  it('keeps its shape and is never made larger', () => {
    expect(scaledSize({ width: 4000, height: 3000 }, 1600)).toEqual({ width: 1600, height: 1200 })
    expect(scaledSize({ width: 640, height: 480 }, 1600)).toEqual({ width: 640, height: 480 })
    expect(scaledSize({ width: 9000, height: 2 }, 1000)).toEqual({ width: 1000, height: 1 })
  })
  it('is tried smaller until it fits, and none is sent that never does', async () => {
    const tried: Size[] = []
    const bytesPerPixel = (share: number) => (size: Size) => {
      tried.push(size)
      return Promise.resolve(new Blob([new Uint8Array(size.width * size.height * share)]))
    }
    const short = await shortJpeg({ width: 4000, height: 3000 }, bytesPerPixel(0.4))
    expect(short?.size).toBeLessThanOrEqual(photoBytesMax)
    expect(tried.map(({ width }) => width)).toEqual([1600, 1600, 1280])
    expect(await shortJpeg({ width: 4000, height: 3000 }, bytesPerPixel(1))).toBeNull()
  })
  it('is carried as base64 whatever its length', async () => {
    const bytes = Uint8Array.from({ length: 100_003 }, (_, at) => at % 251)
    expect(await base64Of(new Blob([bytes]))).toBe(Buffer.from(bytes).toString('base64'))
  })
})
