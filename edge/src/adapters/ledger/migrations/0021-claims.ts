/** Claims under an older fence are looked for with every piece of bookings that comes down. */
export const claims = `
CREATE INDEX booking_claim ON booking (created_at_ms) WHERE fence IS NOT NULL;
`
