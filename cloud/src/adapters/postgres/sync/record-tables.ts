import type { OpKind } from '../../../domain/sync/station-op.ts'

/**
 * Where each kind of record goes: one INSERT … SELECT over `r`, the batch's records of that kind
 * as JSON (`entity`, `at_ms`, `op_ref` and the body's own fields by their wire names). $1 is the
 * station, $2 the JSON and $3 the moment of receipt; a kind is absent when it is written elsewhere.
 */
export const recordTables: { readonly [K in OpKind]?: RecordTable } = {
  boot: {
    columns: 'boot text, instance text, version text, at_ms bigint',
    insert: `INSERT INTO station_boot (station_no, boot, instance, version, at_ms)
      SELECT $1, boot, instance, version, at_ms FROM r ON CONFLICT DO NOTHING`,
  },
  // A vehicle with a live booking keeps that one as its claim; the sale is on the conflict list.
  'booking.made': {
    columns: `booking uuid, "windowStartMs" bigint, "expiresMs" bigint, "vehicleClass" text,
      nozzle text, grams bigint, plate text, "retestDay" int, code text, "codeDay" int,
      "codeSlot" int, "codeN" int, "pricePaisePerKg" bigint, term uuid, fence bigint,
      "workMilliMinutes" int, at_ms bigint`,
    insert: `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class,
        nozzle, grams, plate, retest_day, payment_mode, channel, work_milli_minutes,
        price_paise_per_kg, code, code_day, code_slot, code_n, term_id, fence, live_plate,
        created_at_ms, updated_at_ms)
      SELECT booking, $1, 'active', "windowStartMs", "expiresMs", "vehicleClass", nozzle, grams,
        plate, "retestDay", 'pump', 'kiosk', "workMilliMinutes", "pricePaisePerKg", code,
        "codeDay", "codeSlot", "codeN", term, fence,
        CASE WHEN EXISTS (SELECT 1 FROM booking AS b WHERE b.live_plate = r.plate) THEN NULL
          ELSE plate END, at_ms, $3 FROM r ON CONFLICT (id) DO NOTHING`,
  },
  gap: {
    columns: 'op_ref text, stream text, "from" bigint, "to" bigint, count bigint, at_ms bigint',
    insert: `INSERT INTO stream_gap (station_no, op_ref, stream, from_seq, to_seq, count, at_ms)
      SELECT $1, op_ref, stream, "from", "to", count, at_ms FROM r`,
  },
  'day.closed': {
    columns: `op_ref text, day int, roots jsonb, fills int, grams bigint, "amountPaise" bigint,
      meters jsonb, kid int, sig text, at_ms bigint`,
    insert: `INSERT INTO station_day (station_no, op_ref, day, told, at_ms)
      SELECT $1, op_ref, day, jsonb_build_object('day', day, 'roots', roots, 'fills', fills,
        'grams', grams, 'amountPaise', "amountPaise", 'meters', meters, 'kid', kid, 'sig', sig),
        at_ms FROM r`,
  },
  // A restored ledger sends its history again: the first word of a figure stands.
  'delay.raised': {
    columns:
      'op_ref text, day int, "delayMs" bigint, "fromMs" bigint, kid int, sig text, at_ms bigint',
    insert: `INSERT INTO station_delay (station_no, op_ref, day, delay_ms, from_ms, kid, sig, at_ms)
      SELECT $1, op_ref, day, "delayMs", "fromMs", kid, sig, at_ms FROM r ON CONFLICT DO NOTHING`,
  },
  'proof.made': {
    columns: `op_ref text, outcome text, "from" int, "to" int, rows int, drifted int, found jsonb,
      at_ms bigint`,
    insert: `INSERT INTO station_proof (station_no, op_ref, outcome, from_day, to_day, rows, drifted,
        found, at_ms)
      SELECT $1, op_ref, outcome, "from", "to", rows, drifted, found, at_ms FROM r`,
  },
  'alarm.raised': {
    columns: `op_ref text, source text, code text, subject text, detail text, count int,
      at_ms bigint`,
    insert: `INSERT INTO alarm_event (station_no, op_ref, source, code, subject, raised, detail,
        count, at_ms, recv_at_ms)
      SELECT $1, op_ref, source, code, subject, true, detail, count, at_ms, $3 FROM r`,
  },
  'alarm.cleared': {
    columns: 'op_ref text, source text, code text, subject text, at_ms bigint',
    insert: `INSERT INTO alarm_event (station_no, op_ref, source, code, subject, raised, detail,
        count, at_ms, recv_at_ms)
      SELECT $1, op_ref, source, code, subject, false, '', 0, at_ms, $3 FROM r`,
  },
  reading: {
    columns: `f text, i bigint, class text, device text, type text, boot text, n bigint,
      "at" bigint, p text, at_ms bigint`,
    insert: `INSERT INTO telemetry_reading (station_no, file, reading_id, at_ms, class, device,
        type, boot, device_seq, device_at_ms, payload)
      SELECT $1, f, i, at_ms, class, device, type, boot, n, "at", p FROM r ON CONFLICT DO NOTHING`,
  },
  'scan.failed': {
    columns: `op_ref text, verdict text, lane int, source text, "rawSha256" text,
      "rawBase64" text, booking uuid, at_ms bigint`,
    insert: `INSERT INTO failed_scan (station_no, op_ref, verdict, lane_no, source, raw_sha256,
        raw_base64, booking_id, at_ms, recv_at_ms)
      SELECT $1, op_ref, verdict, lane, source, "rawSha256", "rawBase64", booking, at_ms, $3 FROM r`,
  },
  'vehicle.recorded': {
    columns: 'op_ref text, plate text, "retestDay" int, by uuid, at_ms bigint',
    insert: `INSERT INTO vehicle_record (station_no, op_ref, plate, retest_day, by_attendant, at_ms)
      SELECT $1, op_ref, plate, "retestDay", by, at_ms FROM r`,
  },
  'ticket.called_out_of_turn': {
    columns: `entity uuid, op_ref text, call uuid, position int, staged boolean, reason text,
      note text, by uuid, manager uuid, kind text, label text, "plateEnd" text,
      "vehicleClass" text, passed jsonb, "waitingBooked" int, "waitingWalkIn" int, displaced uuid,
      at_ms bigint`,
    insert: `INSERT INTO out_of_turn_call (station_no, call_id, op_ref, ticket_id, at_ms,
        position_no, staged, reason, note, by_attendant, by_manager, kind, label, plate_end,
        vehicle_class, passed, waiting_booked, waiting_walk_in, displaced_ticket)
      SELECT $1, call, op_ref, entity, at_ms, position, staged, reason, note, by, manager, kind,
        label, "plateEnd", "vehicleClass", passed, "waitingBooked", "waitingWalkIn", displaced
      FROM r ON CONFLICT DO NOTHING`,
  },
  'ticket.out_of_turn_undone': {
    columns: 'call uuid, by uuid, at_ms bigint',
    insert: `INSERT INTO out_of_turn_undo (station_no, call_id, by_attendant, at_ms)
      SELECT $1, call, by, at_ms FROM r ON CONFLICT DO NOTHING`,
  },
  'fill.authorised': {
    columns: `entity uuid, position int, ticket uuid, "limitGrams" bigint,
      "pricePaisePerKg" bigint, "totaliserBeforeGrams" bigint, at_ms bigint`,
    insert: `INSERT INTO fill_fact (fill_id, kind, station_no, position_no, ticket_id, limit_grams,
        price_paise_per_kg, totaliser_before_grams, at_ms)
      SELECT entity, 'authorised', $1, position, ticket, "limitGrams", "pricePaisePerKg",
        "totaliserBeforeGrams", at_ms FROM r ON CONFLICT DO NOTHING`,
  },
  'fill.voided': {
    columns: 'entity uuid, position int, reason text, at_ms bigint',
    insert: `INSERT INTO fill_fact (fill_id, kind, station_no, position_no, reason, at_ms)
      SELECT entity, 'voided', $1, position, reason, at_ms FROM r ON CONFLICT DO NOTHING`,
  },
  'fill.disputed': {
    columns: `entity uuid, position int, grams bigint, "totaliserBeforeGrams" bigint,
      "totaliserAfterGrams" bigint, reason text, at_ms bigint`,
    insert: `INSERT INTO fill_fact (fill_id, kind, station_no, position_no, grams,
        totaliser_before_grams, totaliser_after_grams, reason, at_ms)
      SELECT entity, 'disputed', $1, position, grams, "totaliserBeforeGrams",
        "totaliserAfterGrams", reason, at_ms FROM r ON CONFLICT DO NOTHING`,
  },
  'fill.settled': {
    columns: `entity uuid, position int, ticket uuid, booking uuid, grams bigint,
      "amountPaise" bigint, "pricePaisePerKg" bigint, "totaliserBeforeGrams" bigint,
      "totaliserAfterGrams" bigint, recovered boolean, at_ms bigint`,
    insert: `INSERT INTO sale (fill_id, station_no, booking_id, ticket_id, position_no, grams,
        amount_paise, price_paise_per_kg, totaliser_before_grams, totaliser_after_grams, flag,
        settled_at_ms, recv_at_ms)
      SELECT entity, $1, booking, ticket, position, grams, "amountPaise", "pricePaisePerKg",
        "totaliserBeforeGrams", "totaliserAfterGrams",
        CASE WHEN recovered THEN 'recovered' ELSE 'normal' END, at_ms, $3 FROM r`,
  },
  'fill.orphan': {
    columns: `op_ref text, position int, grams bigint, "totaliserBeforeGrams" bigint,
      "totaliserAfterGrams" bigint, at_ms bigint`,
    insert: `INSERT INTO orphan_gas (station_no, op_ref, position_no, grams,
        totaliser_before_grams, totaliser_after_grams, at_ms)
      SELECT $1, op_ref, position, grams, "totaliserBeforeGrams", "totaliserAfterGrams", at_ms
      FROM r`,
  },
  'meter.reset': {
    columns: `op_ref text, position int, "lastGrams" bigint, "nowGrams" bigint,
      "differenceGrams" bigint, at_ms bigint`,
    insert: `INSERT INTO meter_reset (station_no, op_ref, position_no, last_grams, now_grams,
        difference_grams, at_ms)
      SELECT $1, op_ref, position, "lastGrams", "nowGrams", "differenceGrams", at_ms FROM r`,
  },
  'payment.collected': {
    columns: 'op_ref text, fill uuid, method text, "amountPaise" bigint, by uuid, at_ms bigint',
    insert: `INSERT INTO payment_collected (station_no, op_ref, fill_id, method, amount_paise,
        by_attendant, at_ms)
      SELECT $1, op_ref, fill, method, "amountPaise", by, at_ms FROM r`,
  },
  'shift.opened': {
    columns: 'entity uuid, attendant uuid, "openingCashPaise" bigint, at_ms bigint',
    insert: `INSERT INTO station_shift (shift_id, station_no, attendant_id, opened_at_ms,
        opening_cash_paise)
      SELECT entity, $1, attendant, at_ms, "openingCashPaise" FROM r ON CONFLICT DO NOTHING`,
  },
  'shift.closed': {
    columns: `entity uuid, "countedCashPaise" bigint, "expectedCashPaise" bigint, fills int,
      grams bigint, "amountPaise" bigint, at_ms bigint`,
    insert: `UPDATE station_shift SET closed_at_ms = r.at_ms, counted_cash_paise = "countedCashPaise",
        expected_cash_paise = "expectedCashPaise", fills = r.fills, grams = r.grams,
        amount_paise = "amountPaise"
      FROM r WHERE shift_id = r.entity AND station_shift.station_no = $1`,
  },
}

export type RecordTable = { readonly columns: string; readonly insert: string }
