/**
 * The word to those who were in a lot. Who lost has no booking, so the message knows its driver
 * alone; its offer is the entry, and each entry is told of once.
 */
export const lotMessages = /* sql */ `
ALTER TABLE message_outbox
  ALTER COLUMN booking_id DROP NOT NULL,
  DROP CONSTRAINT message_outbox_kind_check,
  ADD CONSTRAINT message_outbox_kind_check CHECK (kind IN (
    'standby_offer', 'retime_offer', 'retime_notice', 'lot_won', 'lot_lost', 'lot_refused')),
  ADD CONSTRAINT message_outbox_booking_check
    CHECK (booking_id IS NOT NULL OR kind IN ('lot_lost', 'lot_refused'));
`
