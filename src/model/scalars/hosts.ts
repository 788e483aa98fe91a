/** Entries of the hosts file. */
import { list, tuple } from '../combinators-containers.ts'
import { ipAddress } from './address.ts'
import { linuxHostname } from './network-names.ts'

/** Pairs of an address and its names, in the order of hosts(5). Equal addresses stay apart. */
export const hostsEntries = list(tuple('a pair of an address and a list of names', [ipAddress, list(linuxHostname)]))
