import type { CodeText } from './code-text.ts'

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

export type FaultCode = keyof typeof faultCodes
