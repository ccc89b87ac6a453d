/** What a person reads about a code: the attendant's or driver's sentence, and the technician's. */
export type CodeText = { readonly operator: string; readonly technician: string }

/** Rules that say no. Check-in verdicts have their own list in `domain/check-in`. */
export const refusalCodes = {
  window_full: {
    operator: 'That window is full. Choose one of the others shown.',
    technician: 'A conditional UPDATE on slot_cell found too few free milli-minutes or grams.',
  },
  window_past: {
    operator: 'That window is over. Choose a later one.',
    technician: 'Window start lies before now or past the remote sale edge s-15 min.',
  },
  window_unknown: {
    operator: 'The station sells no such window.',
    technician: 'Window start is not on the five-minute grid or beyond the 24 h horizon.',
  },
  nothing_lent: {
    operator: 'The station takes no bookings from afar at the moment. Drive up and take a number.',
    technician: 'No lease term of this station is in force: lease_term, sync.md section 5.4.',
  },
  no_own_share: {
    operator: 'No windows are sold at this kiosk now. Give a walk-in number.',
    technician:
      'No lease term was acknowledged yet, no price is known, or the node holds no K_station.',
  },
  hold_expired: {
    operator: 'The time to confirm is over. Choose a window again.',
    technician: 'Compare-and-swap on (id, version, state=held) matched no row.',
  },
  booking_unknown: {
    operator: 'No such booking.',
    technician: 'No booking row with this id for the signed-in driver.',
  },
  booking_final: {
    operator: 'This booking can no longer be changed.',
    technician: 'The booking state has no transition for the requested event.',
  },
  vehicle_has_booking: {
    operator: 'This vehicle already has a booking.',
    technician: 'Partial unique index on active bookings per vehicle.',
  },
  too_many_holds: {
    operator: 'Too many windows are kept for this phone. Confirm or release one.',
    technician: 'Two live holds per phone (product.md 7.3).',
  },
  offer_over: {
    operator: 'This offer is over. You stay on the list.',
    technician: 'No open standby_offer, or later than 3 min from delivery or 10 min from sending.',
  },
  payer_limit: {
    operator: 'Three vehicles are booked on this payment already. Take a number for this one.',
    technician: 'Three vehicles with an expected booking per payer (product.md 7.6).',
  },
  lot_closed: {
    operator: 'Entries for that hour are over, or have not begun.',
    technician: 'Not a peak hour, before s-24 h of its hour, or past drawAt (rolling-share.ts).',
  },
  lot_entered: {
    operator: 'This vehicle has an entry for that day, or the phone has three for that hour.',
    technician: 'Unique index on (plate, day) of lot_entry, or three entries of one driver.',
  },
  supply_cut: {
    operator: 'There is no gas at that time. Choose a later window.',
    technician: 'The window lies in the open supply_cut of the station.',
  },
  retimes_used: {
    operator: 'This booking was offered another window twice already.',
    technician: 'Two retime_offer rows of one booking at most (lanes.md 2), or one still open.',
  },
  day_limit: {
    operator: 'This vehicle has had its bookings of that day. Drive up and take a number.',
    technician: 'Two bookings a day for autos, one for cars (product.md 7.6); no small fills.',
  },
  cooling_down: {
    operator: 'This vehicle has just been filled. Choose a window two hours later.',
    technician: 'Window starts before the end of the two-hour cool-down after a counted fill.',
  },
  phone_limit: {
    operator: 'This phone has three vehicles booked. Wait until one has been filled.',
    technician: 'Three vehicles with a live booking per phone (product.md 7.6).',
  },
  same_day_only: {
    operator: 'After two missed windows only windows of today can be booked.',
    technician: 'Two strikes in 30 days (product.md 7.7); five kept bookings clear them.',
  },
  walk_in_only: {
    operator: 'After three missed windows drive up and take a number for a week.',
    technician: 'Three strikes in 30 days (product.md 7.7), for seven days from the last one.',
  },
  plate_invalid: {
    operator: 'Check the number plate.',
    technician: 'Normalised plate does not match the accepted forms.',
  },
  retest_expired: {
    operator: 'The cylinder test is out of date. Renew it before filling.',
    technician:
      'retestValidUntil lies before the business day; no override exists (hardware.md 10.6).',
  },
  retest_missing: {
    operator: 'Enter the cylinder test date first.',
    technician: 'First visit without a vehicle record: plate and date are asked once.',
  },
  otp_wrong: { operator: 'Wrong code. Check the message again.', technician: 'OTP hash differs.' },
  otp_expired: {
    operator: 'The code is too old or was tried too often. Ask for a new one.',
    technician: 'OTP older than 5 min or five wrong tries.',
  },
  rate_limited: {
    operator: 'Too many tries. Wait a little.',
    technician: 'Token bucket empty; see Retry-After.',
  },
  not_signed_in: { operator: 'Sign in first.', technician: 'No or expired session.' },
  not_allowed: {
    operator: 'Your role may not do this.',
    technician: 'Role check failed for the route.',
  },
  wrong_pin: { operator: 'Wrong PIN.', technician: 'argon2 verification failed.' },
  pin_locked: {
    operator: 'Locked for five minutes after five wrong PINs.',
    technician: 'attendant.locked_until lies ahead.',
  },
  undo_too_late: {
    operator: 'Too late to undo: 60 seconds are over.',
    technician: 'Undo window from the call or scan has passed.',
  },
  undo_after_gas: {
    operator: 'Gas has flowed: this can no longer be undone.',
    technician: 'The use is redeemed; only a void or a correction follows.',
  },
  ticket_unknown: { operator: 'No such number in the queue.', technician: 'No live ticket row.' },
  ticket_not_waiting: {
    operator: 'This vehicle is not waiting.',
    technician: 'Ticket state has no transition for the requested event.',
  },
  position_busy: {
    operator: 'That position is in use.',
    technician: 'An open fill or a called ticket holds the position.',
  },
  position_unavailable: {
    operator: 'That position is out of service.',
    technician: 'Dispenser offline, in fault, or its configuration not verified.',
  },
  token_in_use: {
    operator: 'This booking is already at another position.',
    technician: 'checkin (booking, use_no) is claimed by another ticket or fill.',
  },
  fill_not_settled: {
    operator: 'This fill is not finished, or it was no sale.',
    technician: 'The fill has no settle row: open, void, disputed or an orphan.',
  },
  fill_collected: {
    operator: 'This sale is already paid.',
    technician: 'One payment row per fill exists.',
  },
  interlock_open: {
    operator: 'Not safe to fill now. See the reason shown.',
    technician: 'One of the authorise conditions of hardware.md section 10.1 does not hold.',
  },
  not_at_position: {
    operator: 'Confirm first that the vehicle stands at the position.',
    technician: 'Starting flow takes two deliberate acts; the first one is missing.',
  },
  shift_closed: {
    operator: 'Open a shift first.',
    technician: 'No open shift for the signed-in attendant.',
  },
  shift_open: {
    operator: 'A shift is already open.',
    technician: 'Unique index on open shifts.',
  },
  idempotency_mismatch: {
    operator: 'This request was already sent with other details.',
    technician: 'Same Idempotency-Key, different request hash.',
  },
  idempotency_busy: {
    operator: 'The first request is still running.',
    technician: 'Idempotency-Key is locked by a running request.',
  },
  disk_reserve: {
    operator: 'The station computer is nearly full. No new fills until it is cleared.',
    technician: 'Free space below the ledger reserve of 256 MB.',
  },
  no_printer: {
    operator: 'This station has no printer.',
    technician: 'The station file names no printer.',
  },
  lane_unknown: {
    operator: 'The station has no such lane.',
    technician: 'The station file names no lane with this number.',
  },
  already_redeemed: {
    operator: 'This booking was already used.',
    technician: 'Server-side redeem of a use that is redeemed (scenario Q1).',
  },
  vehicle_unknown: {
    operator: 'Register the vehicle first.',
    technician: 'No vehicle row with this id for the signed-in driver.',
  },
  dead_letter_unknown: {
    operator: 'No such open dead letter.',
    technician: 'No dead_letter row under this op that is unresolved.',
  },
  link_open: {
    operator: 'The link needs nobody to open it.',
    technician: 'The uplink is neither fenced nor forked; it goes on by its own timers.',
  },
  enrol_code_wrong: {
    operator: 'This enrolment code does not fit. Ask head office for a new one.',
    technician: 'Unknown, expired (24 h) or void (five wrong tries) code, or a wrong signature.',
  },
  enrol_code_used: {
    operator: 'This enrolment code was already used. Ask head office for a new one.',
    technician: 'enrol_code.used_at_ms is set; each code enrols one node once.',
  },
  station_unknown: { operator: 'No such station.', technician: 'No station row with this number.' },
} as const satisfies Record<string, CodeText>

/** The outside world failed. Adapters raise these; each names its device. */
export const faultCodes = {
  bus_timeout: {
    operator: 'A device does not answer.',
    technician: 'No matching frame within the timeout; the bus drained before the next request.',
  },
  bus_offline: {
    operator: 'A device line is disconnected.',
    technician: 'Three missed polls or 2 s without a valid frame; the port is being reopened.',
  },
  bus_closed: { operator: 'A device line is closed.', technician: 'The bus was stopped.' },
  bus_deadline: {
    operator: 'A device was too busy to answer.',
    technician: 'The exchange waited in the queue past its deadline.',
  },
  bus_preempted: {
    operator: 'A stop went first. Nothing was started.',
    technician: 'A stop overtook this command on the line; commands waiting behind it are dropped.',
  },
  echo_detected: {
    operator: 'A device line is set up wrongly. Call the technician.',
    technician:
      'The adapter returns our own bytes (S07): set echo: strip for this bus, or switch the echo off.',
  },
  line_busy: {
    operator: 'A device talks without end. Call the technician.',
    technician: 'The line never falls silent (S14): find the device whose transmitter is stuck.',
  },
  port_unavailable: {
    operator: 'A device line cannot be opened.',
    technician: 'Open failed: path, permission or exclusive lock. Other lines keep running.',
  },
  modbus_busy: {
    operator: 'A device is busy.',
    technician: 'Modbus exception 6 or 11: backs off and tries again.',
  },
  modbus_configuration: {
    operator: 'A device is set up wrongly. Call the technician.',
    technician:
      'Modbus exception 1, 2 or 3: the register map does not fit; polling of the block ends.',
  },
  modbus_device_failure: {
    operator: 'A device reports a failure.',
    technician: 'Modbus exception 4 or an unknown exception code.',
  },
  controller_busy: {
    operator: 'A device is busy.',
    technician: 'Another user holds the controller of the dispenser; asked again within a bound.',
  },
  controller_access: {
    operator: 'A device does not let the station computer in. Call the technician.',
    technician: 'The controller refused the login or its permissions: see device-logins.json.',
  },
  controller_configuration: {
    operator: 'A device is set up wrongly. Call the technician.',
    technician: 'The controller or gauge does not know the dispenser, the nozzle or the request.',
  },
  controller_failure: {
    operator: 'A device reports a failure.',
    technician: 'The controller reports a failure of its own, or an error we have no name for.',
  },
  duplicate_address: {
    operator: 'Two devices answer as one. Call the technician.',
    technician: 'A reply came with an address that was not asked.',
  },
  bad_reading: {
    operator: 'A reading cannot be trusted.',
    technician:
      'NaN, infinity or outside the plausible range; the last good value is kept with its age.',
  },
  dispenser_unknown_state: {
    operator: 'The dispenser is in a state we do not know. Nothing is authorised.',
    technician: 'Unknown status code (D14); the raw byte is in the log.',
  },
  dispenser_refused: {
    operator: 'The dispenser did not accept the command.',
    technician: 'No acknowledged state change within the time the datasheet gives.',
  },
  meter_reset: {
    operator: 'The meter went back. A manager must look.',
    technician: 'Negative totaliser step that is no rollover (D02); settlement is frozen.',
  },
  preset_overrun: {
    operator: 'More gas flowed than was set.',
    technician: 'Delivered above preset plus tolerance (D10).',
  },
  scanner_overflow: {
    operator: 'A scanner sends rubbish.',
    technician: 'More than 4 KiB without a terminator; dropped and counted (Q03).',
  },
  scanner_changed: {
    operator: 'A scanner was changed. Call the technician.',
    technician:
      'The settings query was answered otherwise or not at all (Q08): read the locking code again.',
  },
  display_unsure: {
    operator: 'A lane sign may show something wrong.',
    technician: 'The sign did not confirm the page it was sent (L01); it is sent again.',
  },
  barrier_refused: {
    operator: 'The barrier does not move now.',
    technician:
      'An all-stop, an unknown position, a reading that is not good, or a vehicle under it (X04).',
  },
  printer_unready: {
    operator: 'The printer is not ready: paper, lid or cable.',
    technician: 'ESC/POS real-time status, or the line is not open; the page was not printed.',
  },
  device_unverified: {
    operator: 'A device is not commissioned yet.',
    technician:
      'The register map is unverified or its total is float32: settlement and control are refused.',
  },
  disk_full: { operator: 'The disk is full.', technician: 'SQLITE_FULL or ENOSPC.' },
  ledger_failed: {
    operator: 'The station computer cannot write. Call the technician.',
    technician: 'The ledger thread failed; it is restarted and the fills recovered.',
  },
  clock_uncertain: {
    operator: 'The clock is not sure. Nobody counts as late.',
    technician: 'No cloud time seen in this boot; max(wall, floor) is used.',
  },
  link_down: {
    operator: 'The link to head office is down.',
    technician: 'Uplink or shape stream offline.',
  },
  inlet_refused: {
    operator: 'A sensor message was refused.',
    technician:
      'Foreign topic, retained or expired command, or a device in quarantine (B02, B04, B06).',
  },
  inlet_certificate: {
    operator: 'A sensor could not prove who it is. Call the technician.',
    technician:
      'A device showed no certificate, or one that has expired, is of another authority or was taken back (B09).',
  },
  inlet_withheld: {
    operator: 'Sensor messages wait for the disk.',
    technician: 'More than 5,000 unstored MQTT messages: acknowledgements are withheld.',
  },
  inlet_unreachable: {
    operator: 'The sensors’ broker does not answer.',
    technician:
      'The MQTT broker of the site is away, refuses us or shows a bad certificate (B01, B09); we try for ever.',
  },
  store_away: {
    operator: 'The service is being started or maintained. Try again in a moment.',
    technician: 'PostgreSQL refuses connections or did not answer in time; see Retry-After.',
  },
  internal_fault: {
    operator: 'Something went wrong on our side. Try again.',
    technician: 'An unexpected error; the log has it under the same time.',
  },
} as const satisfies Record<string, CodeText>

/** A peer broke the contract. */
export const messageCodes = {
  malformed: {
    operator: 'A message could not be read.',
    technician: 'Not the grammar of the contract.',
  },
  too_long: {
    operator: 'A message was too long.',
    technician: 'Length bound of the contract exceeded.',
  },
  bad_checksum: {
    operator: 'A message arrived damaged.',
    technician: 'CRC, LRC or check digit differs.',
  },
  unknown_address: {
    operator: 'There is nothing at this address.',
    technician: 'No route matches method and path.',
  },
  unknown_field: {
    operator: 'A message could not be read.',
    technician: 'Unknown or missing field.',
  },
  bad_signature: {
    operator: 'A signature is wrong.',
    technician: 'Signature verification failed.',
  },
  unknown_key: {
    operator: 'A key is unknown.',
    technician: 'kid is not in the key set or out of its time.',
  },
} as const satisfies Record<string, CodeText>

export type RefusalCode = keyof typeof refusalCodes
export type FaultCode = keyof typeof faultCodes
export type MessageCode = keyof typeof messageCodes
