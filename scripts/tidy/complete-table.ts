import { join } from 'node:path'
import ts from 'typescript'

/** One cell of a state table: the file, the text that makes the cell, and the event it answers. */
export type TableCell = {
  /** Path from the root of the repository. */
  readonly file: string
  /** Matches exactly the one property that is taken out, its trailing comma included. */
  readonly cell: RegExp
  /** The event the compiler must name. */
  readonly event: string
}

function compilerOptions(root: string): ts.CompilerOptions {
  const read = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.convertCompilerOptionsFromJson(
    (read.config as { compilerOptions: object }).compilerOptions,
    root,
  )
  return { ...options, noEmit: true, composite: false, emitDeclarationOnly: false, types: [] }
}

/** What the compiler says about `file` when its text were `text`; nothing on disk changes. */
function complaints(root: string, file: string, text: string): readonly string[] {
  const options = compilerOptions(root)
  const host = ts.createCompilerHost(options)
  const path = join(root, file)
  const readFile = host.getSourceFile.bind(host)
  host.getSourceFile = (name, ...rest) =>
    name === path
      ? ts.createSourceFile(name, text, { languageVersion: ts.ScriptTarget.ES2023 })
      : readFile(name, ...rest)
  const program = ts.createProgram([path], options, host)
  return program
    .getSemanticDiagnostics(program.getSourceFile(path))
    .map((found) => ts.flattenDiagnosticMessageText(found.messageText, '\n'))
}

/**
 * Removes the cell from the file's text in memory and compiles it.
 * @returns what the compiler says with the cell and without it.
 * @throws Error when the pattern does not match exactly one place.
 */
export function withoutCell(
  root: string,
  { file, cell }: Omit<TableCell, 'event'>,
): { readonly whole: readonly string[]; readonly holed: readonly string[] } {
  const text = ts.sys.readFile(join(root, file))
  if (text === undefined) throw new Error(`no file ${file}`)
  const places = [...text.matchAll(new RegExp(cell.source, `${cell.flags.replace('g', '')}g`))]
  if (places.length !== 1)
    throw new Error(`${String(cell)} matches ${places.length} places in ${file}`)
  return {
    whole: complaints(root, file, text),
    holed: complaints(root, file, text.replace(cell, '')),
  }
}
