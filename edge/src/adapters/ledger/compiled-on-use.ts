import type { Statement } from 'better-sqlite3'
import type { Sqlite } from './open-database.ts'

/**
 * The same connection, whose statements are compiled when they are first used. The repositories
 * name some two hundred, and a node that starts in the middle of a fill would wait for all of them.
 * A statement that SQLite cannot compile throws at its first use.
 */
export function compiledOnUse(sqlite: Sqlite): Sqlite {
  const prepare = (source: string): unknown => new StatementOnUse(() => sqlite.prepare(source))
  // Everything else is found on the connection itself.
  const connection: unknown = Object.create(sqlite, { prepare: { value: prepare } })
  return connection as Sqlite
}

type Compiled = Statement<unknown[]>
type Shape = 'pluck' | 'raw'

/** Of a statement what the repositories and drizzle use. */
class StatementOnUse implements Pick<Compiled, 'run' | 'get' | 'all' | 'iterate'> {
  readonly #compile: () => Compiled
  #known: Compiled | undefined
  #shape: Shape | undefined

  constructor(compile: () => Compiled) {
    this.#compile = compile
  }

  run = (...values: unknown[]) => this.#compiled().run(...values)
  get = (...values: unknown[]) => this.#compiled().get(...values)
  all = (...values: unknown[]) => this.#compiled().all(...values)
  iterate = (...values: unknown[]) => this.#compiled().iterate(...values)

  pluck(): this {
    return this.#shaped('pluck')
  }

  raw(): this {
    return this.#shaped('raw')
  }

  #shaped(shape: Shape): this {
    this.#shape = shape
    this.#known?.[shape]()
    return this
  }

  #compiled(): Compiled {
    const statement = (this.#known ??= this.#compile())
    if (this.#shape !== undefined) statement[this.#shape]()
    // From here on nothing stands between the caller and the driver.
    this.run = statement.run.bind(statement)
    this.get = statement.get.bind(statement)
    this.all = statement.all.bind(statement)
    return statement
  }
}
