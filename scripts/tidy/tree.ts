import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files a rule looks at: everything git keeps or would keep. */
export type Tree = {
  /** Paths from the root, sorted. */
  readonly files: readonly string[]
  /** Text of a file of the tree. */
  readonly read: (file: string) => string
  readonly has: (path: string) => boolean
}

/** One thing to repair. */
export type Finding = { readonly rule: string; readonly file: string; readonly what: string }

/** A self-check: a name for messages and exceptions, and what it finds. */
export type Rule = { readonly name: string; readonly check: (tree: Tree) => readonly Finding[] }

/** A rule whose findings all carry its name. */
export function rule(name: string, find: (tree: Tree) => readonly Omit<Finding, 'rule'>[]): Rule {
  return { name, check: (tree) => find(tree).map((found) => ({ rule: name, ...found })) }
}

/** A rule that looks at the text of each file that `wanted` takes. */
export function textRule(
  name: string,
  wanted: (file: string) => boolean,
  find: (text: string, file: string) => readonly string[],
): Rule {
  return rule(name, (tree) =>
    tree.files
      .filter(wanted)
      .flatMap((file) => find(tree.read(file), file).map((what) => ({ file, what }))),
  )
}

/** The tree of a clone: tracked files and new ones that are not ignored. */
export function gitTree(root: string): Tree {
  const list = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 1 << 26,
  })
  const texts = new Map<string, string>()
  return treeOf(
    list
      .toString()
      .split('\0')
      .filter((file) => file !== '' && existsSync(join(root, file))),
    (file) => {
      const text = texts.get(file) ?? readFileSync(join(root, file), 'utf8')
      texts.set(file, text)
      return text
    },
  )
}

/** A tree of given files, for gitTree and for tests. */
export function treeOf(files: readonly string[], read: (file: string) => string): Tree {
  const sorted = [...new Set(files)].sort()
  const known = new Set(sorted)
  for (const file of sorted) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      known.add(file.slice(0, at))
    }
  }
  return { files: sorted, read, has: (path) => known.has(path.replace(/\/$/, '')) }
}

export const isSource = (file: string): boolean => /\.(ts|tsx|mts|mjs|cjs|js|c|h)$/.test(file)
export const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file)
export const isDocument = (file: string): boolean => file.endsWith('.md')
