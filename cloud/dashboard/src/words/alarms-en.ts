/** Alarms by their code, or by the part they come from: what is the case and what to do. */
export const alarmsEn = {
  code: {
    all_stop: {
      what: 'Everything was stopped.',
      todo: 'Call the station. It goes on only after its manager has reset the stop there.',
    },
    gas_alarm: {
      what: 'A sensor smells gas.',
      todo: 'Call the station: people away, no engine, no phone at the dispensers.',
    },
    idle_with_queue: {
      what: 'A position stands empty while vehicles wait for it.',
      todo: 'Ask the attendant to send the next one, or to close the position.',
    },
    meter_reset: {
      what: 'A totaliser went back; the position is held.',
      todo: 'The manager has to read the meter and free the position.',
    },
    preset_overrun: {
      what: 'More gas flowed than was allowed.',
      todo: 'Close the position and call the technician.',
    },
    bus_offline: {
      what: 'There is no contact with a dispenser.',
      todo: 'Ask for its power; if that is on, call the technician.',
    },
    bus_timeout: {
      what: 'A device does not answer.',
      todo: 'Call the technician if it does not come back by itself.',
    },
    dispenser_refused: {
      what: 'A dispenser refuses what it is told.',
      todo: 'Close the position and call the technician.',
    },
    ledger_failed: {
      what: 'The station computer could not write a fact down.',
      todo: 'Have the disk looked at today.',
    },
    reserve_used: {
      what: 'The disk is full: no new fill begins.',
      todo: 'Call the technician at once.',
    },
    unsent_too_old: {
      what: 'Facts have waited very long to reach the cloud.',
      todo: 'Have the internet of the station looked at.',
    },
    forked: {
      what: 'Station and cloud have two histories; nothing is sent.',
      todo: 'Call the technician: the station computer was put back or copied.',
    },
    fenced: {
      what: 'Another computer speaks for this station.',
      todo: 'Find the second computer and switch one off.',
    },
    stalled: {
      what: 'The cloud did not take what the station sent.',
      todo: 'It tries again every five minutes. Call support if it stays.',
    },
    refused: {
      what: 'The cloud did not let the station in.',
      todo: 'Give the station a new enrolment code if it stays.',
    },
    digest_differs: {
      what: 'Rows of station and cloud differ.',
      todo: 'See the page “In step”: a person has to decide.',
    },
    clock_wrong: {
      what: 'The clock of the station is wrong.',
      todo: 'Nobody counts as late meanwhile. Have the clock and its battery looked at.',
    },
  },
  source: {
    safety: { what: 'A safety alarm.', todo: 'Call the station now.' },
    position: { what: 'A position cannot fill.', todo: 'Ask the attendant; call the technician.' },
    line: { what: 'A line to the devices is disturbed.', todo: 'Call the technician.' },
    device: { what: 'A device reports a failure.', todo: 'Call the technician.' },
    inlet: {
      what: 'A sensor or device sends what cannot be taken.',
      todo: 'Tell the technician its name.',
    },
    disk: { what: 'The disk of the station is in trouble.', todo: 'Call the technician today.' },
    clock: { what: 'The clock of the station is in doubt.', todo: 'Have it looked at.' },
    uplink: { what: 'The way to the cloud is disturbed.', todo: 'Have the internet looked at.' },
    shape: {
      what: 'The station does not get news from the cloud.',
      todo: 'Call support if it stays for an hour.',
    },
    telemetry: { what: 'Readings are not kept.', todo: 'Call the technician this week.' },
    backup: { what: 'The backup failed.', todo: 'Have the second disk looked at today.' },
    keys: { what: 'The keys of the station are not right.', todo: 'Call support today.' },
    other: { what: 'The station raised an alarm.', todo: 'Tell the technician its code.' },
  },
}

export type AlarmWords = typeof alarmsEn
