import { rule, textRule, type Finding, type Rule, type Tree } from '../tree.ts'

const workspaces = 'shared|hardware|edge|edge/kiosk|cloud|cloud/driver-web|cloud/dashboard|scripts'

/** Folders at the root; a new one is a decision, not an accident. */
const rootFolders = new Set([
  ...['.ci', '.github', 'docs', 'shared', 'hardware', 'edge', 'cloud', 'scripts', 'deploy'],
])

/** Folders directly inside `src`, by workspace, as the architecture names them. */
const sourceFolders: Readonly<Record<string, readonly string[]>> = {
  shared: ['units', 'domain', 'codecs', 'contracts', 'faults', 'runtime', 'testing'],
  hardware: ['ports', 'protocols', 'transports', 'drivers', 'inlet', 'northbound', 'simulators'],
  edge: ['domain', 'app', 'ports', 'adapters', 'compose', 'runtime'],
  cloud: ['domain', 'app', 'ports', 'adapters', 'compose'],
}

/** Names that say nothing about what a file holds. */
const emptyWords = /(^|[-.])(utils?|helpers?|manager|common|misc)([-.]|$)/

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Names a tool or a custom prescribes. */
const prescribed =
  /(^|\/)(README|CHANGELOG|CONTRIBUTING|SECURITY|LICENSE|NOTICE|CODEOWNERS|Dockerfile|PULL_REQUEST_TEMPLATE|ISSUE_TEMPLATE)(\.[a-z]+)?$/

function badNames(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  return tree.files.flatMap((file) => {
    if (prescribed.test(file)) return []
    const inOurCode = new RegExp(`^(${workspaces}|docs)/`).test(file)
    const parts = file.split('/').map((part) => part.replace(/^\./, ''))
    const stem = (part: string): string => part.split('.')[0] ?? ''
    const findings: Omit<Finding, 'rule'>[] = []
    if (parts.some((part) => emptyWords.test(part)))
      findings.push({ file, what: 'named for nothing; say what it holds' })
    if (inOurCode && !/\/(data|models|vectors|public|recordings)\//.test(file)) {
      const wrong = parts.map(stem).find((part) => part !== '' && !kebab.test(part))
      if (wrong !== undefined && !/^ISSUE_TEMPLATE$|^\d+_/.test(wrong))
        findings.push({ file, what: `${wrong} is not kebab-case` })
    }
    return findings
  })
}

function strangeFolders(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  return tree.files.flatMap((file) => {
    const [top = '', ...rest] = file.split('/')
    if (rest.length > 0 && !rootFolders.has(top)) return [{ file, what: `no folder ${top}/ here` }]
    const [, workspace = '', folder = ''] = /^(\w+)\/src\/([^/]+)\//.exec(file) ?? []
    const allowed = sourceFolders[workspace]
    return allowed === undefined || folder === '' || allowed.includes(folder)
      ? []
      : [{ file, what: `${workspace}/src has no folder ${folder}/` }]
  })
}

type Manifest = { dependencies?: object; devDependencies?: object }
type Project = { references?: readonly { path: string }[] }

/** Folder of a workspace by its package name. */
const folderOf = (name: string): string => {
  const short = name.slice('@baari/'.length)
  if (short === 'kiosk') return 'edge/kiosk'
  return short === 'driver-web' || short === 'dashboard' ? `cloud/${short}` : short
}

function differingReferences(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  const manifests = tree.files.filter((file) => /^[a-z-]+(\/[a-z-]+)?\/package\.json$/.test(file))
  return manifests.flatMap((file) => {
    const folder = file.slice(0, -'/package.json'.length)
    const config = `${folder}/tsconfig.json`
    if (!tree.has(config)) return []
    const { dependencies, devDependencies } = JSON.parse(tree.read(file)) as Manifest
    const declared = Object.keys({ ...dependencies, ...devDependencies })
      .filter((name) => name.startsWith('@baari/'))
      .map(folderOf)
    const up = folder.includes('/') ? '../../' : '../'
    const referenced = (JSON.parse(tree.read(config)) as Project).references ?? []
    const paths = referenced.map(({ path }) => path.replace(up, ''))
    const same = declared.sort().join() === [...paths].sort().join()
    return same
      ? []
      : [
          {
            file: config,
            what: `references ${paths.join(' ')}, but package.json names ${declared.join(' ')}`,
          },
        ]
  })
}

export const layoutRules: readonly Rule[] = [
  rule('names', badNames),
  rule('folders', strangeFolders),
  rule('references', differingReferences),
  textRule(
    'barrels',
    (file) => /(^|\/)src\/.*\.tsx?$/.test(file),
    (text, file) => [
      ...(/(^|\/)index\.tsx?$/.test(file) ? ['an index file hides where things live'] : []),
      ...(/^export \* from/m.test(text) ? ['re-exports everything of another file'] : []),
    ],
  ),
]
