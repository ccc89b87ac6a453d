/** No-shows the station told of and that nothing excuses; one that was lifted by gas counts no more. */
export const strikes = /* sql */ `
CREATE TABLE strike (
  booking_id uuid PRIMARY KEY REFERENCES booking,
  station_no int NOT NULL REFERENCES station,
  at_ms bigint NOT NULL
);
`
