/** Alarms by their code, or by the part they come from: what is the case and what to do. */
export const alarmsEn = {
  code: {
    all_stop: {
      what: 'Everything was stopped.',
      remedy: 'Call the station. It goes on only after its manager has reset the stop there.',
    },
    gas_alarm: {
      what: 'A sensor smells gas.',
      remedy: 'Call the station: people away, no engine, no phone at the dispensers.',
    },
    idle_with_queue: {
      what: 'A position stands empty while vehicles wait for it.',
      remedy: 'Ask the attendant to send the next one, or to close the position.',
    },
    meter_reset: {
      what: 'A totaliser went back; the position is held.',
      remedy: 'The manager has to read the meter and free the position.',
    },
    preset_overrun: {
      what: 'More gas flowed than was allowed.',
      remedy: 'Close the position and call the technician.',
    },
    bus_offline: {
      what: 'There is no contact with a dispenser.',
      remedy: 'Ask for its power; if that is on, call the technician.',
    },
    bus_timeout: {
      what: 'A device does not answer.',
      remedy: 'Call the technician if it does not come back by itself.',
    },
    dispenser_refused: {
      what: 'A dispenser refuses what it is told.',
      remedy: 'Close the position and call the technician.',
    },
    ledger_failed: {
      what: 'The station computer could not write a fact down.',
      remedy: 'Have the disk looked at today.',
    },
    reserve_used: {
      what: 'The disk is full: no new fill begins.',
      remedy: 'Call the technician at once.',
    },
    unsent_too_old: {
      what: 'Facts have waited very long to reach the cloud.',
      remedy: 'Have the internet of the station looked at.',
    },
    forked: {
      what: 'Station and cloud have two histories; nothing is sent.',
      remedy: 'Call the technician: the station computer was put back or copied.',
    },
    fenced: {
      what: 'Another computer speaks for this station.',
      remedy: 'Find the second computer and switch one off.',
    },
    stalled: {
      what: 'The cloud did not take what the station sent.',
      remedy: 'It tries again every five minutes. Call support if it stays.',
    },
    refused: {
      what: 'The cloud did not let the station in.',
      remedy: 'Give the station a new enrolment code if it stays.',
    },
    digest_differs: {
      what: 'Rows of station and cloud differ.',
      remedy: 'See the page “In step”: a person has to decide.',
    },
    clock_wrong: {
      what: 'The clock of the station is wrong.',
      remedy: 'Nobody counts as late meanwhile. Have the clock and its battery looked at.',
    },
  },
  source: {
    safety: { what: 'A safety alarm.', remedy: 'Call the station now.' },
    position: {
      what: 'A position cannot fill.',
      remedy: 'Ask the attendant; call the technician.',
    },
    line: { what: 'A line to the devices is disturbed.', remedy: 'Call the technician.' },
    device: { what: 'A device reports a failure.', remedy: 'Call the technician.' },
    inlet: {
      what: 'A sensor or device sends what cannot be taken.',
      remedy: 'Tell the technician its name.',
    },
    disk: { what: 'The disk of the station is in trouble.', remedy: 'Call the technician today.' },
    clock: { what: 'The clock of the station is in doubt.', remedy: 'Have it looked at.' },
    uplink: { what: 'The way to the cloud is disturbed.', remedy: 'Have the internet looked at.' },
    shape: {
      what: 'The station does not get news from the cloud.',
      remedy: 'Call support if it stays for an hour.',
    },
    telemetry: { what: 'Readings are not kept.', remedy: 'Call the technician this week.' },
    backup: { what: 'The backup failed.', remedy: 'Have the second disk looked at today.' },
    keys: { what: 'The keys of the station are not right.', remedy: 'Call support today.' },
    other: { what: 'The station raised an alarm.', remedy: 'Tell the technician its code.' },
  },
}

export type AlarmWords = typeof alarmsEn
