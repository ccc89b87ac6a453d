import type { Plate } from '@baari/shared/domain/plate/plate'
import type { NozzleType, VehicleClass } from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'

/** Indian mobile number in E.164. It leaves memory only sealed or as an index. */
export type Phone = string

export type Vehicle = {
  readonly id: string
  readonly plate: Plate
  readonly vehicleClass: VehicleClass
  readonly nozzle: NozzleType
  readonly retestDay: DayNumber
}

export type Driver = {
  readonly id: string
  readonly phone: Phone
  readonly vehicles: readonly Vehicle[]
}

export type Drivers = {
  /** The driver of this phone, made when the number was never seen. */
  findOrMake(phone: Phone, language: 'en' | 'hi'): Promise<string>
  find(id: string): Promise<Driver | undefined>
  vehicle(driver: string, id: string): Promise<Vehicle | undefined>
  /** Adds the vehicle or corrects the one with this plate. */
  putVehicle(driver: string, vehicle: Omit<Vehicle, 'id'>): Promise<Vehicle>
}

/** One kind of person's sign-in; the token itself is never stored, only its hash. */
export type Sessions = {
  open(owner: string): Promise<{ readonly token: string; readonly expires: Instant }>
  ownerOf(token: string): Promise<string | undefined>
  close(token: string): Promise<void>
}

export type OperatorRole = 'admin' | 'operator' | 'auditor'

export type Operator = {
  readonly id: string
  readonly name: string
  readonly role: OperatorRole
  readonly passwordHash: string
  readonly lockedUntil: Instant
}

export type Operators = {
  byEmail(email: string): Promise<Operator | undefined>
  find(id: string): Promise<Operator | undefined>
  /** Counts a wrong password; the fifth locks until `lockUntil` and starts the count again. */
  countWrong(id: string, lockUntil: Instant): Promise<void>
  clearWrong(id: string): Promise<void>
}

export type Passwords = {
  /** True when the password fits; takes as long without a hash, so that nobody learns who exists. */
  fits(password: string, hash: string | undefined): Promise<boolean>
}
