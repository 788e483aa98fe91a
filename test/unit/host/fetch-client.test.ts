import { expect, it } from 'vitest'
import { hasFetchClient, isPlain, isUnconnected } from '../../../src/host/fetch-client.ts'

it.each([
  ['GET', '/settings', undefined],
  ['GET', '/?prefix=settings.', undefined],
  ['GET', '/settings?keys=settings.kernel.sysctl.%22net.ipv4.ip_forward%22,settings.motd', undefined],
  ['PATCH', '/settings?tx=bottlerocket-launch', '{}'],
  ['POST', '/tx/commit?tx=bottlerocket-launch', undefined],
  ['DELETE', '/tx?tx=a', undefined],
])('%s %s is sent as it stands', (method, uri, body) => {
  expect(isPlain({ method, uri, ...(body === undefined ? {} : { body }) })).toBe(true)
})

it.each([
  // what a client corrects on its way, or refuses
  ['GET', '/a/../settings', undefined],
  ['GET', '/settings#part', undefined],
  ['GET', '/settings?keys=ä', undefined],
  ['GET', '/settings?keys="a"', undefined],
  ['GET', '//other/settings', undefined],
  ['GET', 'settings', undefined],
  ['GET', '', undefined],
  ['GET', '/settings', '{}'],
  ['get', '/settings', undefined],
  ['TRACE', '/settings', undefined],
  ['CONNECT', '/settings', undefined],
])('%s %j is not', (method, uri, body) => {
  expect(isPlain({ method, uri, ...(body === undefined ? {} : { body }) })).toBe(false)
})

it('is for the executable alone', () => {
  expect(hasFetchClient).toBe(false)
})

it('is asked again where no connection came about', () => {
  const error = (code: string): Error => Object.assign(new TypeError(code), { code })
  expect(isUnconnected(error('ECONNREFUSED'))).toBe(true)
  expect(isUnconnected(error('ENOTFOUND'))).toBe(true)
  // the server may have got the request
  expect(isUnconnected(error('ECONNRESET'))).toBe(false)
  expect(isUnconnected(new Error('no answer within 5 ms'))).toBe(false)
})
