/** How Kubernetes settings follow from what the instance and the cluster say. Pure. */
const IPV4_PARTS = 4
const DNS_HOST = '10'
const MAX_UINT32 = 0xffff_ffff
const MAX_HOSTNAME = 253

/**
 * The address of cluster DNS in an IPv4 service range: the tenth of its last byte. Undefined if the text has not four
 * parts; that the result is an address is not checked here.
 */
export function dnsIpOfServiceCidr(cidr: string): string | undefined {
  const parts = cidr.split('.')
  return parts.length === IPV4_PARTS ? [...parts.slice(0, -1), DNS_HOST].join('.') : undefined
}

/** The address of cluster DNS in the service range that EKS takes by default, which avoids the VPC's own range. */
export function dnsIpOfVpcCidr(cidr: string): string {
  return cidr.startsWith('10.') ? '172.20.0.10' : '10.100.0.10'
}

/** How many pods an instance type can have, from the lines of the table; undefined if it is not in there. */
export function maxPodsOf(instanceType: string, table: string): bigint | undefined {
  for (const line of table.split('\n')) {
    const words = line.split(/\p{White_Space}+/u).filter((word) => word !== '')
    const [type, count = ''] = words
    if (type?.startsWith('#') !== false || words.length !== 2 || type !== instanceType) continue
    return /^\+?[0-9]+$/.test(count) && Number(count) <= MAX_UINT32 ? BigInt(count.replace('+', '')) : undefined
  }
  return undefined
}

/** The node's id for the cloud provider. */
export function providerId(zone: string, instanceId: string): string {
  return `aws:///${zone}/${instanceId}`
}

/** Whether a text can be a Linux host name: labels of 1 to 63 characters `a-z 0-9 -`, none with a leading hyphen. */
export function isHostname(text: string): boolean {
  return (
    text.length <= MAX_HOSTNAME &&
    /^[0-9a-z.-]+$/.test(text) &&
    text.split('.').every((label) => label.length >= 1 && label.length <= 63 && !label.startsWith('-'))
  )
}
