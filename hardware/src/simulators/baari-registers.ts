import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import type { DispenserState } from '../ports/dispenser.ts'
import { obey, type CommandVerdict, type ModelCommand } from './dispenser-commands.ts'
import {
  reportedState,
  saleGramsOf,
  totaliserOf,
  type DispenserModel,
  type ModelLimits,
} from './dispenser-model.ts'
import type { ModbusException, RegisterBank } from './modbus-slave.ts'

/** Registers of docs/protocols/baari-dispenser.md, from 0; the device's side of the driver's map. */
const liveAt = 0
const saleAt = 32
const totalsAt = 64
const commandAt = 96
const outcomeAt = 128
const identityAt = 160
const registerCount = 192
const commandCounts = [11, 12, 13]
/** A stop may leave out what it does not use. */
const stopCounts = [6, 7, 8]
const stopCode = 2
/** Command ids the head remembers, over a power cycle too. */
const rememberedCommands = 8

const stateCodes: Readonly<Record<DispenserState, number>> = {
  inoperative: 0,
  closed: 1,
  idle: 2,
  calling: 3,
  authorised: 4,
  started: 5,
  fuelling: 6,
  suspended: 7,
  completed: 8,
  fault: 9,
}

const verdictCodes: Readonly<Record<CommandVerdict, number>> = {
  accepted: 1,
  'wrong-state': 2,
  'bad-limit': 3,
}
const unknownCommandCode = 4
const unknownStateCode = 77
const illegalAddress: ModbusException = { exception: 2 }

/** What a head keeps besides its model. */
export type CommandMemory = {
  readonly id: string
  readonly verdictCode: number
  readonly stateCode: number
  readonly command: number
}

/** What a registers' owner is: a simulated head. */
export type BankSubject = {
  readonly limits: ModelLimits
  readonly model: DispenserModel
  /** The head changed by command. */
  become(model: DispenserModel): void
  readonly unknownState: boolean
  readonly memory: readonly CommandMemory[]
  remember(memory: readonly CommandMemory[]): void
}

/** The registers of one simulated head. */
export function createBaariBank(subject: BankSubject): RegisterBank {
  return {
    read(start, count) {
      if (start + count > registerCount) return illegalAddress
      return registersOf(subject).slice(start, start + count)
    },
    write(start, words) {
      const counts = words[4] === stopCode ? [...stopCounts, ...commandCounts] : commandCounts
      const fits = counts.includes(words.length)
      if (start !== commandAt || !fits) return illegalAddress
      carryOut(subject, words)
      return null
    },
  }
}

function registersOf(subject: BankSubject): readonly number[] {
  const { limits } = subject
  const model = subject.model
  const image = new Array<number>(registerCount).fill(0)
  const put = (at: number, words: readonly number[]): void => {
    words.forEach((word, index) => (image[at + index] = word))
  }
  const flags =
    (model.nozzleOut ? 1 : 0) | (model.manualMode ? 2 : 0) | (model.state === 'fuelling' ? 4 : 0)
  put(liveAt, [subject.unknownState ? unknownStateCode : stateCodes[reportedState(model)], flags])
  put(liveAt + 2, [...u32(model.bootEpoch), ...u32(model.sequence), ...u32(saleGramsOf(model))])
  put(liveAt + 8, u64(totaliserOf(model, limits)))
  put(totalsAt, u64(totaliserOf(model, limits)))
  const sale = model.lastSale
  if (sale !== null) {
    put(saleAt, [...u32(sale.sequence), ...u32(sale.bootEpoch), ...u32(sale.grams)])
    put(saleAt + 6, [...u64(sale.openingTotalGrams), ...u32(sale.pricePaisePerKg)])
  }
  const last = subject.memory.at(-1)
  if (last !== undefined) {
    put(outcomeAt, [...wordsOfId(last.id), last.verdictCode, last.stateCode, last.command])
  }
  put(identityAt, [1, 1, ...u64(limits.widthGrams)])
  return image
}

function carryOut(subject: BankSubject, words: readonly number[]): void {
  const id = idOfWords(words)
  const command = words[4] ?? 0
  const known = subject.memory.find((entry) => entry.id === id)
  const others = subject.memory.filter((entry) => entry.id !== id)
  // A repeated id is answered again and does nothing (D08).
  const entry = known ?? { id, command, ...outcomeOf(subject, words) }
  subject.remember([...others, entry].slice(-rememberedCommands))
}

function outcomeOf(
  subject: BankSubject,
  words: readonly number[],
): { readonly verdictCode: number; readonly stateCode: number } {
  const command = commandOf(words)
  if (command === null) {
    return {
      verdictCode: unknownCommandCode,
      stateCode: stateCodes[reportedState(subject.model)],
    }
  }
  const outcome = obey(subject.model, command, subject.limits)
  subject.become(outcome.model)
  return {
    verdictCode: verdictCodes[outcome.verdict],
    stateCode: stateCodes[reportedState(outcome.model)],
  }
}

function commandOf(words: readonly number[]): ModelCommand | null {
  const word = (index: number): number => words[index] ?? 0
  const long = (index: number): number => word(index) * 65_536 + word(index + 1)
  switch (word(4)) {
    case 1:
      return {
        kind: 'authorise',
        limitGrams: grams(long(6)),
        pricePaisePerKg: paisePerKg(long(8)),
        validMs: millis(word(10) * 1000),
      }
    case stopCode:
      return { kind: 'stop' }
    case 3:
      return { kind: 'suspend' }
    case 4:
      return { kind: 'resume' }
    case 5:
      return { kind: 'close' }
    case 6:
      return { kind: 'price', pricePaisePerKg: paisePerKg(long(8)) }
    default:
      return null
  }
}

function u32(value: number): readonly number[] {
  return [Math.floor(value / 65_536) & 0xffff, value & 0xffff]
}

function u64(value: number): readonly number[] {
  const high = Math.floor(value / 4_294_967_296)
  return [...u32(high), ...u32(value - high * 4_294_967_296)]
}

function idOfWords(words: readonly number[]): string {
  return words
    .slice(0, 4)
    .map((word) => word.toString(16).padStart(4, '0'))
    .join('')
}

function wordsOfId(id: string): readonly number[] {
  return [0, 4, 8, 12].map((at) => Number.parseInt(id.slice(at, at + 4), 16))
}
