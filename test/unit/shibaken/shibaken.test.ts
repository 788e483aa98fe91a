import { describe, expect, it } from 'vitest'
import { parseFault } from '../../../src/imds-server/faults.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import { completeMetadata, type MetadataFacts } from '../../../src/lib/facts.ts'
import { adminUserData, shibaken } from '../../../src/shibaken/program.ts'
import { parseWarmPoolConfig, WARM_POOL_CONFIG } from '../../../src/shibaken/warm-pool.ts'
import { runToEnd, testHost, type TestHost } from '../../support/test-host.ts'
import { virtualClock, type VirtualClock } from '../../support/virtual-clock.ts'

function hostOf(imds: Partial<MetadataFacts>, ...faults: string[]): TestHost & { clock: VirtualClock } {
  const clock = virtualClock()
  const handler = createMetadataHandler({ imds: completeMetadata(imds) }, { clock, faults: faults.map(parseFault) })
  return { ...testHost({ http: httpOverHandler(handler) }), clock }
}

describe('generate-admin-userdata', () => {
  it.each([
    [[], '"eyJzc2giOnsiYXV0aG9yaXplZC1rZXlzIjpbXX19"'],
    [
      ['ssh-ed25519 AAAAexample ops'],
      '"eyJzc2giOnsiYXV0aG9yaXplZC1rZXlzIjpbInNzaC1lZDI1NTE5IEFBQUFleGFtcGxlIG9wcyJdfX0="',
    ],
  ])('for keys %j is %s', async (publicKeys, text) => {
    expect(adminUserData(publicKeys)).toBe(text)
    expect(await runToEnd(shibaken, ['generate-admin-userdata'], hostOf({ publicKeys }))).toEqual({
      code: 0,
      stdout: `${text}\n`,
      stderr: '',
    })
  })

  it('is the empty list for an empty list of keys', async () => {
    const { stdout } = await runToEnd(
      shibaken,
      ['generate-admin-userdata'],
      hostOf({ paths: { 'meta-data/public-keys': '' } }),
    )
    expect(stdout).toBe(`${adminUserData([])}\n`)
  })

  it('warns of what is no key, unless told to be quiet', async () => {
    const host = (): TestHost => hostOf({ publicKeys: ['ecdsa x', 'ssh-rsa y'] })
    const loud = await runToEnd(shibaken, ['generate-admin-userdata'], host())
    expect(loud.stdout).toBe(`${adminUserData(['ssh-rsa y'])}\n`)
    expect(loud.stderr).toContain('does not start with "ssh"')
    const quiet = await runToEnd(shibaken, ['--log-level', 'error', 'generate-admin-userdata'], host())
    expect(quiet.stderr).toBe('')
  })

  it('fails without a metadata service', async () => {
    const { code, stdout, stderr } = await runToEnd(shibaken, ['generate-admin-userdata'], hostOf({}, '*=500'))
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('IMDS_UNAVAILABLE')
  })
})

describe('is-partition', () => {
  it.each([
    ['aws', ['--partition', 'aws', '--partition', 'aws-us-gov'], 'true'],
    ['aws-us-gov', ['--partition', 'aws', '--partition', 'aws-us-gov'], 'true'],
    ['aws-cn', ['--partition', 'aws', '--partition', 'aws-us-gov'], 'false'],
    ['aws\n', ['--partition', 'aws'], 'false'],
    ['AWS', ['--partition', 'aws'], 'false'],
    ['aws', [], 'false'],
    [null, ['--partition', 'aws'], 'false'],
  ])('in %j with %j is %s', async (partition, argv, answer) => {
    const host = hostOf({ paths: { 'meta-data/services/partition': partition } })
    expect(await runToEnd(shibaken, ['is-partition', ...argv], host)).toEqual({
      code: 0,
      stdout: `${answer}\n`,
      stderr: '',
    })
  })
})

describe('warm-pool-wait', () => {
  const MARKER = '/var/lib/bottlerocket/warm-pool-wait.ran'
  const LIFE_CYCLE = 'meta-data/autoscaling/target-lifecycle-state'

  function prepared(shouldWait: boolean, host: TestHost & { clock: VirtualClock }): TestHost & { clock: VirtualClock } {
    host.fs.makeDirectory('/etc')
    host.fs.makeDirectory('/var/lib/bottlerocket')
    host.fs.writeFile(WARM_POOL_CONFIG, `should_wait = ${String(shouldWait)}\nmarker_path = "${MARKER}"\n`)
    return host
  }

  it('goes on at once if it need not wait', async () => {
    const host = prepared(false, hostOf({}, '*=500'))
    const { code, stdout } = await runToEnd(shibaken, ['warm-pool-wait'], host)
    expect(code).toBe(0)
    expect(stdout).toBe(`autoscaling.should-wait value is false\n${MARKER}\n`)
    expect(host.fs.readText(MARKER)).toBe('')
    expect(host.clock.slept).toEqual([])
  })

  it('waits through other states and none, five seconds each', async () => {
    const states = ['Warmed:Stopped', null, 'InService ', 'InService']
    const base = hostOf({})
    const host = prepared(true, {
      ...base,
      http: {
        request: (request) => {
          const state = request.method === 'PUT' ? null : (states.shift() ?? null)
          const paths = { [LIFE_CYCLE]: state }
          const handler = createMetadataHandler({ imds: completeMetadata({ paths }) })
          if (request.method === 'PUT') return httpOverHandler(handler).request(request)
          return Promise.resolve({
            status: state === null ? 404 : 200,
            headers: {},
            body: new TextEncoder().encode(state ?? ''),
          })
        },
      },
    })
    const { code, stdout, stderr } = await runToEnd(shibaken, ['warm-pool-wait'], host)
    expect(code).toBe(0)
    const waits = host.emitted.flatMap((event) => (event.kind === 'wait' ? [event.wait] : []))
    expect(waits.map(({ startMs, ms, reason }) => ({ startMs, ms, reason }))).toEqual([
      { startMs: 0, ms: 5000, reason: 'state Warmed:Stopped' },
      { startMs: 5000, ms: 5000, reason: 'the metadata service knows no state' },
      { startMs: 10_000, ms: 5000, reason: 'state InService ' },
    ])
    expect(stdout.split('\n')).toEqual([
      'autoscaling.should-wait value is true',
      'the instance is InService',
      MARKER,
      '',
    ])
    const waiting = 'shibaken: waiting for the life-cycle state InService; last answer:'
    expect(stderr.split('\n')).toEqual([
      `${waiting} state Warmed:Stopped; no time limit`,
      `${waiting} the metadata service knows no state; no time limit`,
      `${waiting} state InService ; no time limit`,
      '',
    ])
  })

  it('fails without a metadata service, and leaves no marker', async () => {
    const host = prepared(true, hostOf({}, '*=500'))
    const { code } = await runToEnd(shibaken, ['warm-pool-wait'], host)
    expect(code).toBe(1)
    expect(host.fs.stat(MARKER)).toBeUndefined()
  })

  it('only warns if it cannot leave its marker', async () => {
    const host = prepared(false, hostOf({}))
    host.fs.removeTree('/var')
    const { code, stderr } = await runToEnd(shibaken, ['warm-pool-wait'], host)
    expect(code).toBe(0)
    expect(stderr).toContain(MARKER)
  })

  it.each(['', 'should_wait = true', 'should_wait = "true"\nmarker_path = "/x"', 'marker_path = "/x"', 'x'])(
    'refuses the configuration %j',
    (text) => {
      expect(() => parseWarmPoolConfig(text)).toThrow(expect.objectContaining({ code: 'WARM_POOL_CONFIG_INVALID' }))
    },
  )

  it('needs its configuration', async () => {
    const { code, stderr } = await runToEnd(shibaken, ['warm-pool-wait'], hostOf({}))
    expect(code).toBe(1)
    expect(stderr).toContain('HOST_FILE_UNREADABLE')
  })
})

describe('the command line', () => {
  it.each([
    [[]],
    [['nonsense']],
    [['--log-level', 'loud', 'is-partition']],
    [['--log-level', 'info', '--log-level', 'info', 'is-partition']],
    [['is-partition', '--partition']],
    [['is-partition', '--log-level', 'info']],
    [['generate-admin-userdata', 'x']],
  ])('%j is bad usage', async (argv) => {
    const { code, stderr } = await runToEnd(shibaken, argv, hostOf({}))
    expect(code).toBe(1)
    expect(stderr).toContain('usage: shibaken')
  })

  it.each([[['--help']], [['is-partition', '--help']]])('%j shows the usage', async (argv) => {
    const { code, stdout } = await runToEnd(shibaken, argv, hostOf({}))
    expect(code).toBe(0)
    expect(stdout).toContain('usage: shibaken')
  })
})
