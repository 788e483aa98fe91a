/** The EKS part of the SDK; loaded only when a call is due. Named imports let the bundler drop the rest. */
import { DescribeClusterCommand, EKSClient, type EKSClientConfig } from '@aws-sdk/client-eks'

/** The IPv4 service range of a cluster, if it has one. @throws SDK errors */
export async function describeServiceCidr(config: EKSClientConfig, name: string): Promise<string | undefined> {
  const { cluster } = await new EKSClient(config).send(new DescribeClusterCommand({ name }))
  return cluster?.kubernetesNetworkConfig?.serviceIpv4Cidr
}
