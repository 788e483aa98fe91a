/** The record of where rendered output comes from. */
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/lib/json-parse.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { parseForRecord, renderWithProvenance, type SourcePart } from '../../../src/schnauzer/provenance.ts'
import { parseTemplate, renderTemplate } from '../../../src/schnauzer/template.ts'

const FACTS = { cpus: 2, efaAttached: false, resolve: new Map<string, readonly string[]>() }

const head = (format: string, helpers: readonly string[] = []): string =>
  `output-format = "${format}"\n\n[required-extensions]\nkubernetes = "v1"\nstd = { version = "v1", helpers = ${JSON.stringify(helpers)} }\n+++\n`

function record(text: string, settings: string) {
  const data = { settings: parseJson(settings) as JsonObject, os: parseJson('{"variant_id":"vv"}') as JsonObject }
  const template = parseForRecord('t', text)
  const { text: output, parts } = renderWithProvenance(template, data, FACTS)
  expect(renderTemplate(parseTemplate('t', text), data, FACTS)).toEqual({ kind: 'text', text: output })
  const source = template.source
  return {
    output,
    parts,
    /** Output, place in the template, what is shown, what is read, what decides. */
    rows: parts
      .filter((part) => !part.isText)
      .map((part) => {
        const { line, column } = source.position(part.offset)
        return [
          output.slice(part.start, part.end),
          `${String(line)}:${String(column)}`,
          part.shows?.join('.'),
          part.reads.map((path) => path.join('.')).join(),
          part.blocks.map(({ name, reads }) => `${name} ${reads.map((path) => path.join('.')).join()}`).join('; '),
        ]
      }),
  }
}

const sourceOf = (text: string, part: SourcePart): string => text.slice(part.offset, part.offset + part.length)

describe('what is recorded of a rendering', () => {
  it('has the place and the setting of each value', () => {
    const { rows } = record(
      `${head('toml')}a = {{settings.kubernetes.a}}\nb = "x-{{settings.kubernetes.b}}-y"\nc = "{{os.variant_id}}"\n`,
      '{"kubernetes":{"a":1,"b":"\\"q\\""}}',
    )
    expect(rows).toEqual([
      ['1', '7:5', 'settings.kubernetes.a', 'settings.kubernetes.a', ''],
      ['"x-\\"q\\"-y"', '8:8', 'settings.kubernetes.b', 'settings.kubernetes.b', ''],
      ['"vv"', '9:6', 'os.variant_id', 'os.variant_id', ''],
    ])
  })

  it('has what blocks decide by, also where another branch is taken', () => {
    const { rows } = record(
      `${head('lines')}{{#if settings.kubernetes.a}}\nyes\n{{else}}\n{{#unless settings.kubernetes.b}}\n{{settings.kubernetes.c}}\n{{/unless}}\n{{/if}}\n`,
      '{"kubernetes":{"c":"C"}}',
    )
    expect(rows).toEqual([
      [
        'C',
        '11:1',
        'settings.kubernetes.c',
        'settings.kubernetes.c',
        'if settings.kubernetes.a; unless settings.kubernetes.b',
      ],
    ])
  })

  it('has the element of a loop, its name, and what helpers were given', () => {
    const { rows } = record(
      `${head('lines', ['default', 'join_map'])}{{#each settings.kubernetes.m}}\n{{@key}}={{this}}\n{{/each}}\n{{default 5 settings.kubernetes.none}}\n{{join_map "=" "," "no-fail-if-missing" settings.kubernetes.m}}\n`,
      '{"kubernetes":{"m":{"x.y":"1","z":"2"}}}',
    )
    const each = 'each settings.kubernetes.m'
    expect(rows).toEqual([
      ['x.y', '8:1', 'settings.kubernetes.m.x.y', 'settings.kubernetes.m.x.y', each],
      ['1', '8:10', 'settings.kubernetes.m.x.y', 'settings.kubernetes.m.x.y', each],
      ['z', '8:1', 'settings.kubernetes.m.z', 'settings.kubernetes.m.z', each],
      ['2', '8:10', 'settings.kubernetes.m.z', 'settings.kubernetes.m.z', each],
      ['5', '10:1', undefined, 'settings.kubernetes.none', ''],
      ['x.y', '11:1', 'settings.kubernetes.m.x.y', 'settings.kubernetes.m', ''],
      ['=', '11:1', undefined, 'settings.kubernetes.m', ''],
      ['1', '11:1', 'settings.kubernetes.m.x.y', 'settings.kubernetes.m', ''],
      [',', '11:1', undefined, 'settings.kubernetes.m', ''],
      ['z', '11:1', 'settings.kubernetes.m.z', 'settings.kubernetes.m', ''],
      ['=', '11:1', undefined, 'settings.kubernetes.m', ''],
      ['2', '11:1', 'settings.kubernetes.m.z', 'settings.kubernetes.m', ''],
    ])
  })

  it('has the arguments of nested calls', () => {
    const { rows } = record(
      `${head('lines', ['default'])}{{#if (or (eq settings.kubernetes.a "x") settings.kubernetes.b)}}{{settings.kubernetes.c}}{{/if}}\n`,
      '{"kubernetes":{"a":"x","c":"C","b":false}}',
    )
    expect(rows[0]?.[4]).toBe('if settings.kubernetes.a,settings.kubernetes.b')
  })

  it.each(['toml', 'yaml', 'json', 'env', 'systemd', 'ini', 'shell', 'lines', 'text'])(
    'covers all output of the format %s, and template text is where it says',
    (format) => {
      const text = `${head(format)}a = "{{settings.kubernetes.a}}" \n{{#each settings.kubernetes.l}}\nb = {{this}}\n{{/each}}\n# {{settings.kubernetes.a}}\n`
      const { output, parts } = record(text, '{"kubernetes":{"a":"two words","l":["p","q"]}}')
      const covered = new Set(
        parts.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
      )
      expect(covered.size).toBe(output.length)
      for (const part of parts.filter(({ isText, start, end, length }) => isText && end - start === length)) {
        expect(output.slice(part.start, part.end)).toBe(sourceOf(text, part))
      }
      expect(parts.filter(({ isText }) => !isText).length).toBe(4)
    },
  )

  it('says nothing of blocks that write nothing', () => {
    const { parts } = record(
      `${head('lines')}{{#each settings.kubernetes.l}}\n{{#unless (lookup this "x")}}\n{{/unless}}\n{{/each}}\nend\n`,
      '{"kubernetes":{"l":[{"x":1}]}}',
    )
    expect(parts.flatMap(({ blocks }) => blocks)).toEqual([])
  })
})
