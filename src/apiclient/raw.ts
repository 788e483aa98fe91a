import { badStatus, isSuccess } from '../api/client.ts'
import { parseArgs } from '../lib/args.ts'
import { USAGE } from './args.ts'
import type { Call } from './call.ts'
import { requestUri } from './uri.ts'

const REASONS: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
}

/** Any request as told. The body of the answer is printed, if there is one. */
export async function raw({ words, transport, io, log }: Call): Promise<void> {
  const args = parseArgs(
    {
      usage: USAGE,
      options: [
        { names: ['--uri', '-u'], value: 'URI', required: true },
        { names: ['--method', '-m', '-X'], value: 'METHOD' },
        { names: ['--data', '-d'], value: 'DATA' },
      ],
    },
    words,
  )
  const uri = requestUri(args.value('--uri') ?? '')
  const method = args.value('--method') ?? 'GET'
  const body = args.value('--data')
  const response = await transport.request({
    method,
    uri,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  })
  const { status } = response
  if (!isSuccess(status)) throw badStatus(method, uri, response)
  log.debug({}, `${String(status)} ${REASONS[status] ?? ''}`.trim())
  if (response.body !== '') io.stdout.write(`${response.body}\n`)
}
