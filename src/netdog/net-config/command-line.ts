/** The network that the kernel command line asks for: `netdog.default-interface=NAME:OPTION[,OPTION...]`. */
import { PipelineError } from '../../lib/errors.ts'
import { nameFault } from './device-id.ts'
import type { Dhcp, NetConfig } from './model.ts'

const PARAMETER = 'netdog.default-interface='

function invalid(value: string, reason: string): PipelineError {
  return new PipelineError('NET_CMDLINE_INVALID', `${PARAMETER}${value} on the kernel command line: ${reason}`, {
    hint: 'it has the form NAME:OPTION[,OPTION], with dhcp4, dhcp4?, dhcp6 or dhcp6? as options',
  })
}

/**
 * Reference: an option is refused as a repetition only if it has no `?`; of several the last one counts. Any number of
 * `?` makes an option optional.
 */
function readOptions(value: string, options: string): Pick<NetConfig['devices'][number], 'dhcp4' | 'dhcp6'> {
  const found = new Map<string, Dhcp>()
  for (const option of options.split(',')) {
    const [, protocol, marks] = /^(dhcp[46])(\?*)$/.exec(option) ?? []
    if (protocol === undefined || marks === undefined) throw invalid(value, `'${option}' is no option`)
    if (marks === '' && found.has(protocol)) throw invalid(value, `${protocol} is given twice`)
    const optional = marks !== ''
    found.set(protocol, { enabled: true, required: !optional, optional, routeMetric: undefined })
  }
  return { dhcp4: found.get('dhcp4'), dhcp6: found.get('dhcp6') }
}

/**
 * The configuration that a kernel command line asks for; undefined if it does not ask for one.
 *
 * Words are separated by white space; quotes have no meaning.
 *
 * @throws PipelineError `NET_CMDLINE_INVALID`
 */
export function parseCommandLine(text: string): NetConfig | undefined {
  const words = text.split(/\p{White_Space}+/u).filter((word) => word.startsWith(PARAMETER))
  const [word, ...others] = words
  if (word === undefined) return undefined
  const value = word.slice(PARAMETER.length)
  if (others.length > 0) throw invalid(value, 'it is given more than once')
  const colon = value.indexOf(':')
  if (colon < 0) throw invalid(value, "the ':' is missing")
  const name = value.slice(0, colon)
  const fault = nameFault(name)
  if (fault !== undefined) throw invalid(value, fault)
  const dhcp = readOptions(value, value.slice(colon + 1))
  const id = { kind: 'name', text: name } as const
  const statics = { static4: undefined, static6: undefined, routes: undefined }
  const device = { ...dhcp, ...statics, id, isPrimary: true, type: { kind: 'interface' }, key: name } as const
  return { source: 'command-line', devices: [device] }
}
