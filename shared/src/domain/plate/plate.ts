import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import type { Plate } from '../../units/names.ts'
import { foldDigits } from '../../units/numerals.ts'

export type { Plate } from '../../units/names.ts'

/** State and territory codes of the registration marks, those now replaced included. */
const states = new Set(
  (
    'AN AP AR AS BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY ' +
    'RJ SK TG TN TR TS UA UK UP WB'
  ).split(' '),
)

/** A plate with every separator and an `IND` in front stays far below this. */
const maxTextLength = 40

type Form = {
  readonly pattern: RegExp
  readonly plate: (parts: readonly string[]) => string | undefined
}

/** The accepted forms, most common first. A text that fits none is refused. */
const forms: readonly Form[] = [
  {
    // MH 12 AB 1234, DL 1C AA 1234: state, office, series of up to three letters, number.
    pattern: /^([A-Z]{2})(\d{1,2})([A-Z]{0,3})(\d{1,4})$/,
    plate: ([state = '', office = '', series = '', number = '']) =>
      states.has(state) && Number(office) > 0
        ? padded(`${state}${office.padStart(2, '0')}${series}`, number)
        : undefined,
  },
  {
    // 22 BH 1234 AA: year of registration, Bharat series (Central Motor Vehicles Rules, 2021).
    pattern: /^(\d{2})BH(\d{4})([A-HJ-NP-Z]{1,2})$/,
    plate: ([year = '', number = '', series = '']) =>
      Number(year) >= 21 && Number(number) > 0 ? `${year}BH${number}${series}` : undefined,
  },
  {
    // MHX 1234, DLY 1234: three letters and a number, before the marks of 1989.
    pattern: /^([A-Z]{3})(\d{1,4})$/,
    plate: ([letters = '', number = '']) => padded(letters, number),
  },
  {
    // T 0325 MH 1234 AB: temporary mark with month and year.
    pattern: /^T(\d{2})(\d{2})([A-Z]{2})(\d{4})([A-Z]{0,2})$/,
    plate: ([month = '', year = '', state = '', number = '', series = '']) =>
      states.has(state) && Number(month) >= 1 && Number(month) <= 12
        ? `T${month}${year}${state}${number}${series}`
        : undefined,
  },
  {
    // 77 CD 14: mission, corps and number.
    pattern: /^(\d{1,3})(CD|CC|UN)(\d{1,4})$/,
    plate: ([mission = '', corps = '', number = '']) =>
      Number(mission) > 0 && Number(number) > 0
        ? `${Number(mission)}${corps}${Number(number)}`
        : undefined,
  },
]

function padded(before: string, number: string): string | undefined {
  return Number(number) > 0 ? before + number.padStart(4, '0') : undefined
}

/**
 * The one spelling of a number plate: capitals and ASCII digits without separators, office of two
 * digits and number of four, so that `mh-1 ab 12` and `MH 01 AB 0012` are one vehicle.
 */
export function normalisePlate(text: string): Result<Plate, Refusal> {
  if (text.length > maxTextLength) return err(refusal('plate_invalid'))
  const bare = foldDigits(text)
    .toUpperCase()
    .replaceAll(/[\s.\u00ad\u00b7\u2010-\u2015\u2212-]/gu, '')
    .replace(/^IND(?=[A-Z\d]{6})/, '')
  for (const { pattern, plate } of forms) {
    const found = pattern.exec(bare)
    const normal = found === null ? undefined : plate(found.slice(1))
    if (normal !== undefined) return ok(normal as Plate)
  }
  return err(refusal('plate_invalid'))
}
