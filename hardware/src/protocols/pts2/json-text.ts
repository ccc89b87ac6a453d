import { err, ok, type Result } from '@baari/shared/faults/result'

/** A JSON number by its own text: `JSON.parse` would make a float of it and lose the digits. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type JsonValue =
  | null
  | boolean
  | string
  | JsonNumber
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/** Where the text stopped being JSON; `torn` when it simply ended. */
export type NoJson = { readonly at: number; readonly torn: boolean }

const deepest = 12
const blank = /[ \t\n\r]*/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const quoted = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
/** What is left where a text was cut off: part of a string, a word or a number, or nothing. */
const unfinished = /^(?:"(?:[^"\\]|\\.)*\\?|tr?u?|fa?l?s?|nu?l?|[-+.eE]*)$/s
const word = /true|false|null/y
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }

/**
 * JSON as RFC 8259 has it, with numbers kept as text. An object that names a member twice is
 * refused, because two readers could see two amounts in it; so is one nested deeper than twelve.
 */
export function readJson(text: string): Result<JsonValue, NoJson> {
  const reader = new Reader(text)
  const value = reader.value(0)
  if (value === undefined || !reader.atEnd()) return err(reader.complaint())
  return ok(value)
}

/** Text that reads back as the same value, number texts included. */
export function writeJson(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`,
  )
  return `{${members.join(',')}}`
}

/** Answers undefined for what is no JSON; no valid value is undefined. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): JsonValue | undefined {
    if (depth > deepest) return undefined
    this.#take(blank)
    const first = this.#text[this.#at]
    if (first === '{') return this.#object(depth)
    if (first === '[') return this.#array(depth)
    return first === '"' ? this.#string() : this.#scalar()
  }

  atEnd(): boolean {
    this.#take(blank)
    return this.#at === this.#text.length
  }

  complaint(): NoJson {
    return { at: this.#at, torn: unfinished.test(this.#text.slice(this.#at)) }
  }

  #object(depth: number): JsonValue | undefined {
    const members = new Map<string, JsonValue>()
    this.#at += 1
    if (this.#mark('}')) return {}
    do {
      this.#take(blank)
      const name = this.#string()
      if (name === undefined || members.has(name) || !this.#mark(':')) return undefined
      const value = this.value(depth + 1)
      if (value === undefined) return undefined
      members.set(name, value)
    } while (this.#mark(','))
    return this.#mark('}') ? Object.fromEntries(members) : undefined
  }

  #array(depth: number): JsonValue | undefined {
    const items: JsonValue[] = []
    this.#at += 1
    if (this.#mark(']')) return items
    do {
      const value = this.value(depth + 1)
      if (value === undefined) return undefined
      items.push(value)
    } while (this.#mark(','))
    return this.#mark(']') ? items : undefined
  }

  #string(): string | undefined {
    const text = this.#take(quoted)
    // The form is checked, so this only undoes the escapes.
    return text === '' ? undefined : String(JSON.parse(text))
  }

  #scalar(): JsonValue | undefined {
    const name = this.#take(word)
    if (name !== '') return words[name]
    const text = this.#take(number)
    return text === '' ? undefined : new JsonNumber(text)
  }

  #mark(mark: string): boolean {
    this.#take(blank)
    if (this.#text[this.#at] !== mark) return false
    this.#at += 1
    return true
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found = ''] = pattern.exec(this.#text) ?? []
    this.#at += found.length
    return found
  }
}
