/** What a document is when it is not the TOML that it should be. */
import { decodeBase64Strict } from '../lib/strict-base64.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'

function isBase64OfText(text: string): boolean {
  const bytes = decodeBase64Strict(text.replace(/\s+/g, ''))
  if (bytes === undefined || bytes.length === 0) return false
  return (bytes[0] === 0x1f && bytes[1] === 0x8b) || /^[\x20-\x7e\s]+$/.test(decodeUtf8Lossy(bytes))
}

const isJson = (text: string): boolean => /^\{\s*["}]/.test(text) || /^\[\s*["{[][^]*\]\s*$/.test(text)

const FORMATS: readonly (readonly [(text: string) => boolean, string])[] = [
  [
    (text) => text.startsWith('#!'),
    'this is a script; user data is TOML settings, scripts belong in a bootstrap container or bootstrap command',
  ],
  [
    (text) => /^(?:mime-version|content-type):/i.test(text),
    'this is a MIME message; only its TOML part, without the headers and boundaries, can be user data',
  ],
  [(text) => text.startsWith('#cloud-config'), 'this is a cloud-init configuration; user data is TOML settings'],
  [(text) => /^<(?!%)/.test(text), 'this is XML; user data is TOML settings'],
  [isJson, 'this is JSON; user data is TOML: {"settings": {"motd": "hi"}} is written settings.motd = "hi"'],
  [(text) => /^apiVersion:/m.test(text), 'this is a Kubernetes manifest in YAML; user data is TOML settings'],
  [
    isBase64OfText,
    'this is base64: it was encoded once too often; give EC2 tools that encode by themselves the TOML itself',
  ],
]

/** What to tell somebody whose user data is in another format, or undefined if it looks like none that is known. */
export function guessFormat(text: string): string | undefined {
  const start = text.trimStart()
  return FORMATS.find(([test]) => test(start))?.[1]
}
