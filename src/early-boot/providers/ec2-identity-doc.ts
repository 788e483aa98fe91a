import { createImdsClient } from '../../imds/client.ts'
import { fetchRegion } from '../../imds/targets.ts'
import { messageOf, PipelineError, systemCode } from '../../lib/errors.ts'
import { parseJson } from '../../lib/json-parse.ts'
import { jsonObject, member } from '../../lib/json.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Host } from '../../lib/ports.ts'
import { providerProgram, type Provide } from '../provider.ts'

const NAME = 'ec2-identity-doc-user-data-provider'
const FALLBACK_REGION = 'us-east-1'

function invalid(reason: string, cause?: unknown): PipelineError {
  return new PipelineError('PROVIDER_IDENTITY_DOCUMENT', `${PATHS.identityDocument} ${reason}`, { cause })
}

/** The region of an identity document on disk, which must have one. */
function regionOfFile(host: Host): string {
  let text: string
  try {
    text = host.fs.readText(PATHS.identityDocument)
  } catch (cause) {
    throw invalid(`cannot be read: ${systemCode(cause) ?? messageOf(cause)}`, cause)
  }
  let region
  try {
    region = member(parseJson(text), 'region')
  } catch (cause) {
    throw invalid(`is not JSON: ${messageOf(cause)}`, cause)
  }
  if (typeof region !== 'string') throw invalid('has no text named "region"')
  return region
}

const provide: Provide = async (io, host) => {
  const region =
    host.fs.stat(PATHS.identityDocument) === undefined
      ? await fetchRegion(createImdsClient(host, { program: NAME, stderr: io.stderr, signal: io.signal }))
      : regionOfFile(host)
  const aws = jsonObject({ region: region ?? FALLBACK_REGION })
  return { settings: jsonObject({ aws }), desc: 'EC2 instance identity document' }
}

/** The region that an EC2 instance is in, as `settings.aws.region`. */
export const ec2IdentityDoc = providerProgram(NAME, provide)
