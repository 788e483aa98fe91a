import { boolean } from '../combinators.ts'
import { map, record } from '../combinators-containers.ts'
import { pemCertificates } from '../scalars/pem.ts'
import { identifier } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const pki: Group = {
  name: 'pki',
  description: 'Certificate bundles by name.',
  type: map(
    identifier,
    record({
      data: {
        type: pemCertificates,
        description: 'PEM certificates, in base64; empty takes the bundle away.',
        examples: [''],
      },
      trusted: { type: boolean, description: 'Whether the host trusts these certificates.', examples: [true] },
    }),
  ),
}
