/**
 * Who may import what. `scripts/test/import-rules.real.test.ts` plants one violation per rule and
 * asserts that each is reported under its name, so a rule that stops biting fails the build.
 */

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

/** The workspaces that run in a browser, as a capture group. */
const screens = '(edge/kiosk|cloud/dashboard|cloud/driver-web)'

/** Tools of the tests and builds that the root package declares once for every workspace. */
const rootTools = [
  '(^|/)node_modules/(@types/|undici-types)',
  '(^|/)node_modules/(vitest|fast-check|typescript|vite)/',
]

module.exports = {
  forbidden: [
    error(
      'no-cycles',
      'Two files that need each other are one idea, or a third one is hiding.',
      {},
      { circular: true },
    ),
    error(
      'unresolvable',
      'A missing file, or a name its workspace does not export.',
      {},
      { couldNotResolve: true },
    ),
    error(
      'undeclared-dependency',
      'Declare the package in the package.json of the workspace that imports it.',
      {},
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: rootTools },
    ),
    error(
      'shared-is-a-leaf',
      'Both sides agree on shared; it knows neither.',
      { path: '^shared/' },
      { path: '^(edge|cloud|hardware|scripts)/' },
    ),
    error(
      'hardware-sees-shared',
      'A driver works on any node.',
      { path: '^hardware/' },
      { path: '^(edge|cloud|scripts)/' },
    ),
    error(
      'edge-never-sees-cloud',
      'The station lives without the cloud; only contracts join them.',
      { path: '^edge/' },
      { path: '^(cloud|scripts)/' },
    ),
    error(
      'cloud-sees-shared',
      'The cloud speaks to stations through contracts.',
      { path: '^cloud/' },
      { path: '^(edge|hardware|scripts)/' },
    ),
    error(
      'ui-sees-shared',
      'A browser takes contracts and quantities, never the server.',
      { path: `^${screens}/` },
      { path: '^((edge|cloud)/(src|test)|hardware|scripts)/' },
    ),
    error(
      'ui-stays-home',
      'What two user interfaces need goes to shared.',
      { path: `^${screens}/` },
      { path: `^${screens}/`, pathNot: '^$1/' },
    ),
    error(
      'screens-stay-strangers',
      'What two screens need goes to parts; files of one screen share its first word.',
      { path: `^${screens}/src/screens/([a-z0-9]+)` },
      { path: '^$1/src/screens/', pathNot: '^$1/src/screens/$2([^a-z0-9]|$)' },
    ),
    error(
      'domain-is-pure',
      'The domain takes state, event, facts and now. No Node built-in, no package.',
      { path: '^(shared|edge|cloud)/src/domain/' },
      { pathNot: '^(shared|hardware|edge|cloud|scripts)/(?!.*node_modules/)' },
    ),
    error(
      'domain-sees-rules-and-quantities',
      'Schemas, test doubles, clocks and codecs belong to the layers around the domain.',
      { path: '^(shared|edge|cloud)/src/domain/' },
      { path: '^shared/', pathNot: '^shared/src/(units|domain|faults)/' },
    ),
    error(
      'domain-stays-home',
      'The rest of the workspace depends on the domain, never the other way round.',
      { path: '^(edge|cloud)/src/domain/' },
      { path: '^(edge|cloud|hardware)/', pathNot: '^$1/src/domain/' },
    ),
    error(
      'codecs-are-bytes',
      'A codec is pure bytes: verifier and MAC are arguments.',
      { path: '^shared/src/codecs/' },
      {
        pathNot: ['^shared/src/(codecs|units|faults)/', '(^|/)node_modules/(cbor-x|base45)/'],
      },
    ),
    error(
      'only-the-root-wires',
      'main and compose choose adapters; everyone else sees a port.',
      {
        path: '^(edge|cloud)/src/',
        pathNot: '^(edge|cloud)/src/((main|compose)\\.ts$|compose/|adapters/)',
      },
      { path: '^(edge|cloud)/src/adapters/' },
    ),
    error(
      'adapters-stay-strangers',
      'Adapters meet in compose.',
      { path: '^(edge|cloud)/src/adapters/([^/]+)/' },
      { path: '^(edge|cloud)/src/adapters/', pathNot: '^$1/src/adapters/$2/' },
    ),
    error(
      'app-sees-ports',
      'A use-case knows its own workspace’s app, domain and ports.',
      { path: '^(edge|cloud)/src/app/' },
      { path: '^(edge|cloud|hardware)/', pathNot: '^$1/src/(app|domain|ports)/' },
    ),
    error(
      'no-tests-in-src',
      'Shipped code never needs a test.',
      { path: '(^|/)src/', pathNot: '\\.test\\.tsx?$' },
      {
        path: '\\.test\\.tsx?$|^(shared|hardware|edge|cloud|scripts)/(kiosk/|driver-web/|dashboard/)?test/',
      },
    ),
    error(
      'doubles-stay-in-tests',
      'Manual clocks and counted ids serve tests, simulators and scripts.',
      {
        path: '(^|/)src/',
        pathNot: '^shared/src/testing/|^hardware/src/simulators/|\\.test\\.tsx?$',
      },
      { path: '^shared/src/testing/' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    // Only our own build products: many packages keep their entry below `dist`, and an excluded
    // import is invisible to every rule. Peers of the benches have packages of their own, installed
    // apart, and none of ours imports them.
    exclude: {
      path: '^((shared|hardware|edge|cloud|scripts)/)?((kiosk|driver-web|dashboard)/)?(dist|out|coverage|[.]baari)/|^scripts/bench/peers/',
    },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
}
