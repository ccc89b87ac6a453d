import { dispenserDriver, type DisplayFacts } from './known-drivers.ts'
import type { RawDispenser, RawStationFile } from './station-file-schema.ts'
import { problem, type StationFileProblem } from './station-file-problem.ts'

/**
 * Rules for heads that send the digits of their display: without its decimals and the width of its
 * totaliser every figure would be wrong by powers of ten.
 */
export function displayProblems(file: RawStationFile): readonly StationFileProblem[] {
  return file.dispensers.flatMap((device, index) => {
    const display = dispenserDriver(device.driver)?.display ?? null
    if (display === null) return []
    const at = `dispensers[${index}]`
    return [
      ...figureProblems(device, display, at),
      ...listenProblems(file, device, { display, at }),
    ]
  })
}

function figureProblems(
  device: RawDispenser,
  { totalDigits }: DisplayFacts,
  at: string,
): readonly StationFileProblem[] {
  const found: StationFileProblem[] = []
  if (device.decimals === undefined)
    found.push(problem(`${at}.decimals`, 'is missing: the head sends digits without a point'))
  if ((device.nozzles ?? []).length > 1)
    found.push(problem(`${at}.nozzles`, `${device.driver} speaks for one nozzle per address`))
  const total = device.nozzles?.[0]?.total ?? device.total
  const digits = total?.digits ?? totalDigits
  if (total && (total.type !== 'bcd' || digits > totalDigits))
    found.push(
      problem(`${at}.total`, `is bcd of at most ${totalDigits} digits on ${device.driver}`),
    )
  return found
}

/** Who listens must not ask, and who asks hears its own answers only. */
function listenProblems(
  file: RawStationFile,
  device: RawDispenser,
  { display, at }: { readonly display: DisplayFacts; readonly at: string },
): readonly StationFileProblem[] {
  if (device.mode !== 'listen') return []
  if (!display.listens) return [problem(`${at}.mode`, `${device.driver} cannot listen`)]
  const asked = file.dispensers.some(({ bus, mode }) => bus === device.bus && mode !== 'listen')
  return asked ? [problem(`${at}.mode`, `bus ${device.bus} is asked; listen to a whole bus`)] : []
}
