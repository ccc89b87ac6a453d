import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const determinism = {
  'no-restricted-globals': [
    'error',
    { name: 'setTimeout', message: 'Take a Clock.' },
    { name: 'setInterval', message: 'Take a Clock.' },
    { name: 'performance', message: 'Take a Clock.' },
    { name: 'process', message: 'Take a configuration value.' },
    { name: 'crypto', message: 'Take an IdSource, a verifier or a MAC.' },
    { name: 'fetch', message: 'Take a port.' },
    { name: 'console', message: 'Return an event.' },
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take `now` as an argument.' },
    { object: 'Math', property: 'random', message: 'Take a Prng.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take `now`.' },
    { selector: 'ThrowStatement', message: 'Return a Result; only faults/assert.ts throws.' },
    { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  ],
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.baari/**', 'out/**', 'coverage/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      complexity: ['error', 12],
      'max-params': ['error', 3],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 70, IIFEs: true }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
  { files: ['**/*.test.{ts,tsx}', '**/test/**'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['shared/src/**/*.ts', '*/src/domain/**/*.ts'], rules: determinism },
  { files: ['shared/src/faults/assert.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    // Tools read these by default export; no workspace compiles them, so no types are asked.
    files: ['**/*.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['scripts/**/*.mjs'],
    rules: {
      complexity: ['error', 12],
      'max-params': ['error', 3],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', 70],
      'no-unused-vars': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.tsx'],
    plugins: { 'react-hooks': reactHooks },
    rules: { ...reactHooks.configs.recommended.rules },
  },
)
