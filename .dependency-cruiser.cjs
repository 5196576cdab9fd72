// SPDX-License-Identifier: Apache-2.0
/** The house plan: which package may import which. Everything not listed here is refused. */
const below = {
  base: [],
  cli: ['base'],
  service: ['base'],
  'registry-auth': ['base'],
  x509: ['base'],
  oci: ['base', 'registry-auth'],
  signature: ['base', 'x509'],
  trust: ['base', 'x509'],
  plugin: ['base', 'x509', 'signature'],
  notation: ['base', 'x509', 'oci', 'registry-auth', 'signature', 'trust', 'plugin'],
  tuf: ['base', 'x509'],
  collection: ['base', 'x509', 'registry-auth', 'tuf'],
  'notary-server': ['base', 'x509', 'tuf', 'service'],
  'notary-signer': ['base', 'x509', 'tuf', 'service'],
  registry: ['base', 'service'],
  platform: ['base'],
};

const rules = Object.entries(below).map(([name, allowed]) => ({
  name: `${name}-imports-downward`,
  comment: `${name} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: { path: '^(packages|apps|bench|examples|test)/', pathNot: `^packages/(${[name, ...allowed].join('|')})/src/` },
}));

module.exports = {
  forbidden: [
    ...rules,
    { name: 'no-cycles', severity: 'error', from: { path: '^(packages|apps)/[^/]+/src/' }, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    {
      name: 'only-exports',
      comment: 'reach another package by its name, never by a path into it',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^packages/([^/]+)/', pathNot: '^packages/$2/', dependencyTypes: ['local'] },
    },
    { name: 'apps-are-leaves', severity: 'error', from: { path: '^(packages|apps)/([^/]+)/src' }, to: { path: '^apps/([^/]+)/', pathNot: '^apps/$2/' } },
    {
      name: 'runtime-apis-in-adapters',
      comment: 'node: modules belong into platform, base/crypto, store adapters, testkit and apps',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/(platform|testkit)/|^packages/base/src/crypto/|^packages/[^/]+/src/(store-[^/]+|adapters?)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'sign-and-verify-apart',
      comment: 'a verifier can be shipped that contains no signing code',
      severity: 'error',
      from: { path: '^packages/notation/src/verify/' },
      to: { path: '^packages/notation/src/sign/' },
    },
    {
      name: 'verify-without-sign',
      severity: 'error',
      from: { path: '^packages/notation/src/sign/' },
      to: { path: '^packages/notation/src/verify/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|/test/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@notary/source', 'import', 'node', 'default'], extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'] },
  },
};
