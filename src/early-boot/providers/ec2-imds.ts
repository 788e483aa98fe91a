import { createImdsClient } from '../../imds/client.ts'
import { fetchUserData } from '../../imds/targets.ts'
import { decodeSettings, decodeText } from '../decode.ts'
import { providerProgram, warnAboutSize, type Provide } from '../provider.ts'

const NAME = 'ec2-imds-user-data-provider'
const SOURCE = 'EC2 IMDS'
const FILE = 'user-data'

/** Unicode's white space, which is not what `trim` removes. */
const ONLY_SPACE = /^\p{White_Space}*$/u

const provide: Provide = async (io, host) => {
  const client = createImdsClient(host, { program: NAME, stderr: io.stderr, signal: io.signal })
  const data = await fetchUserData(client)
  if (data === undefined) return undefined
  warnAboutSize(data.length, io)
  const text = decodeText(data, FILE)
  return ONLY_SPACE.test(text) ? undefined : { ...decodeSettings(text, FILE), desc: SOURCE }
}

/** The user data that an EC2 instance was launched with. */
export const ec2Imds = providerProgram(NAME, provide)
