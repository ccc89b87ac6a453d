/**
 * What an error of the controller asks of us. `busy` is retried; `state` means the state must be
 * read before anything is sent again; the others need a person or a change of ours.
 */
export const pts2ErrorKinds = [
  'busy',
  'state',
  'request',
  'access',
  'configuration',
  'controller',
  'unknown',
] as const
export type Pts2ErrorKind = (typeof pts2ErrorKinds)[number]

export type Pts2Error = {
  readonly kind: Pts2ErrorKind
  readonly retry: boolean
  /** The controller's own name of it, such as `JSONPTS_ERROR_NO_PERMISSIONS`. */
  readonly name: string
  readonly code: number | null
}

/** Names without their prefix. Some firmwares name the pump in the busy error, some do not. */
const kinds: Readonly<Record<string, Pts2ErrorKind>> = {
  BUSY_OTHER_USER: 'busy',
  PUMP_BUSY_OTHER_USER: 'busy',
  PUMP_BUSY_OTHER_REQUEST_EXECUTED: 'state',
  PUMP_BUSY_FILLING: 'state',
  PUMP_NOT_IN_FILLING_PROCESS: 'state',
  PUMP_STATUS_NOT_END_OF_TRANSACTION: 'state',
  DUPLICATED_AUTHORIZATION_REQUEST: 'state',
  TRANSACTION_NUMBER_NOT_MATCH: 'state',
  TRANSACTION_NUMBER_ALREADY_EXIST: 'state',
  PUMP_TRANSACTION_NOT_FOUND: 'state',
  NOT_FOUND: 'request',
  COULD_NOT_GET_PUMP_NUMBER: 'request',
  COULD_NOT_GET_NOZZLE_NUMBER: 'request',
  COULD_NOT_GET_TRANSACTION_NUMBER: 'request',
  COULD_NOT_GET_TYPE: 'request',
  COULD_NOT_GET_DOSE_VALUE: 'request',
  COULD_NOT_GET_PRICE_VALUE: 'request',
  PUMP_NUMBER_OUT_OF_RANGE: 'request',
  NOZZLE_NUMBER_OUT_OF_RANGE: 'request',
  TRANSACTION_NUMBER_OUT_OF_RANGE: 'request',
  TYPE_OUT_OF_RANGE: 'request',
  NO_PERMISSIONS: 'access',
  USER_NOT_MATCH: 'access',
  PUMP_IS_NOT_CONFIGURED: 'configuration',
  INCORRECT_PUMPS_CONFIGURATION: 'configuration',
  POWER_DOWN_DETECTED: 'controller',
  NO_SD_FOUND: 'controller',
  SD_NOT_MOUNTED: 'controller',
  SD_ERROR: 'controller',
}

/** The typed error behind the controller's message; an unlisted name is `unknown` and not retried. */
export function pts2Error(name: string, code: number | null): Pts2Error {
  const bare = name.replace(/^JSONPTS_ERROR_/, '')
  const kind = Object.hasOwn(kinds, bare) ? (kinds[bare] ?? 'unknown') : 'unknown'
  return { kind, retry: kind === 'busy', name, code }
}
