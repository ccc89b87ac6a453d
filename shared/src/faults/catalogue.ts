import type { CodeText } from './code-text.ts'

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
  fill_unknown: {
    operator: 'This booking has no such fill.',
    technician: 'No sale row with this fill id for the booking.',
  },
  feedback_given: {
    operator: 'You have given your stars for this fill already.',
    technician: 'fill_feedback has a row for the fill: one a fill, the first stands.',
  },
  feedback_over: {
    operator: 'The time to rate this fill is over.',
    technician: 'More than seven days since the fill was settled.',
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
  what_if_busy: {
    operator: 'Others are asking what-if questions. Ask again in a few seconds.',
    technician: 'One question is played at a time and three wait; see Retry-After.',
  },
  what_if_impossible: {
    operator: 'The station could not work like that. Change less.',
    technician: 'The fact `reason` says which change cannot be made.',
  },
  what_if_too_long: {
    operator: 'The question takes too long. Ask for fewer days.',
    technician: 'The thread used up 12 s of the processor, or a minute of the clock.',
  },
  what_if_left: {
    operator: 'The question was withdrawn.',
    technician: 'The connection of who asked was closed before the answer.',
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
  note_missing: {
    operator: 'Say in words why this vehicle goes first.',
    technician: 'A call out of turn for the reason `other` has no note.',
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
  meter_not_frozen: {
    operator: 'No meter waits for a manager at this position.',
    technician: 'No nozzle of the position is frozen by a meter reset (fill.clearReset).',
  },
  photo_invalid: {
    operator: 'The photo cannot be used. Take it again.',
    technician: 'Not a JPEG from start to end marker, or more than 524,288 bytes.',
  },
  photos_full: {
    operator: 'The station computer has no room for more photos. Call the technician.',
    technician: 'The photo folder beside the ledger holds 256 MiB; move old photos away.',
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
export type MessageCode = keyof typeof messageCodes
