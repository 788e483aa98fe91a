import { PipelineError } from '../lib/errors.ts'
import { encodeUtf8 } from '../lib/utf8.ts'

const MAGIC = encodeUtf8('#BOOTCONFIG\n')
const NUMBERS_BYTES = 8
const ALIGNMENT = 4
const MAX_SUM = 2 ** 32 - 1

/**
 * An initrd that holds nothing but a boot configuration: the text, zeros up to a multiple of four bytes in all, the
 * length of both and the sum of the text's bytes (32 bits each, little-endian), and the magic.
 *
 * https://docs.kernel.org/admin-guide/bootconfig.html#boot-kernel-with-a-boot-config
 *
 * @throws PipelineError `GENERATOR_BOOT_CONFIG_INVALID` if the sum does not fit
 */
export function encodeBootConfigImage(text: string): Uint8Array {
  const bytes = encodeUtf8(text)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  if (sum > MAX_SUM) throw new PipelineError('GENERATOR_BOOT_CONFIG_INVALID', 'the boot configuration is too long')
  const padded = Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT
  const image = new Uint8Array(padded + NUMBERS_BYTES + MAGIC.length)
  image.set(bytes)
  const view = new DataView(image.buffer)
  view.setUint32(padded, padded, true)
  view.setUint32(padded + 4, sum, true)
  image.set(MAGIC, padded + NUMBERS_BYTES)
  return image
}
