/** The EC2 part of the SDK; loaded only when a call is due. Named imports let the bundler drop the rest. */
import { DescribeInstancesCommand, EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2'

/** The private DNS name of an instance, if it has one. @throws SDK errors */
export async function describePrivateDnsName(config: EC2ClientConfig, id: string): Promise<string | undefined> {
  const { Reservations } = await new EC2Client(config).send(new DescribeInstancesCommand({ InstanceIds: [id] }))
  return Reservations?.[0]?.Instances?.[0]?.PrivateDnsName
}
