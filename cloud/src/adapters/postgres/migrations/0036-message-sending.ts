/**
 * Whose turn it is to be told: messages of one driver go out in their order. And what a carrier says:
 * how often it was asked about one of which nobody knows, and why it refused one.
 */
export const messageSending = /* sql */ `
ALTER TABLE message_outbox
  ADD COLUMN driver_id uuid REFERENCES driver,
  ADD COLUMN asked int NOT NULL DEFAULT 0,
  ADD COLUMN carrier_code text;
UPDATE message_outbox m SET driver_id = b.driver_id FROM booking b WHERE b.id = m.booking_id;
-- What nobody knew of before was never to be sent again: nobody is asked about it now.
UPDATE message_outbox SET due_at_ms = expires_at_ms WHERE state = 'unknown';
DROP INDEX message_due;
CREATE INDEX message_due ON message_outbox (due_at_ms)
  WHERE state IN ('waiting', 'sending', 'unknown');
CREATE INDEX message_turn ON message_outbox (driver_id, created_at_ms, id)
  WHERE state IN ('waiting', 'sending', 'unknown');
`
