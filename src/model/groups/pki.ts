import { boolean } from '../combinators.ts'
import { map, record } from '../combinators-containers.ts'
import { pemCertificates } from '../scalars/pem.ts'
import { identifier } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const pki: Group = {
  name: 'pki',
  description: 'Bundles of certificates, each under a name of its own.',
  type: map(
    identifier,
    record({
      data: {
        type: pemCertificates,
        description: 'Certificates in PEM form, in base64; an empty value takes the bundle away.',
        examples: [''],
      },
      trusted: { type: boolean, description: 'Whether the host trusts these certificates.', examples: [true] },
    }),
  ),
}
