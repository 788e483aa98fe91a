/** `generate-net-config`: from the network configuration to the files of the network manager. */
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, ProgramIo } from '../lib/ports.ts'
import type { Flavour } from './flavour.ts'
import type { NetConfig } from './net-config/model.ts'
import { loadNetConfig } from './net-config/source.ts'
import { networkdFiles } from './networkd/files.ts'
import { notice } from './notice.ts'
import { primaryDevice, writePrimary } from './primary.ts'
import { makeDirectory, writeTextFile, type TextFile } from './text-file.ts'
import { wickedFiles } from './wicked/files.ts'

/** The network manager's files for a configuration. @throws PipelineError `VALUE_UNREPRESENTABLE` */
export function networkFiles(config: NetConfig, flavour: Flavour): TextFile[] {
  return flavour === 'networkd' ? networkdFiles(config) : wickedFiles(config)
}

/**
 * Reads and checks the network configuration, then writes down the primary interface and the network manager's files.
 * Nothing is written unless all of it can be.
 *
 * @throws PipelineError
 */
export function generateNetConfig(flavour: Flavour, io: ProgramIo, host: Host): ExitCode {
  const config = loadNetConfig(host.fs)
  const primary = primaryDevice(config)
  if (primary === undefined) {
    notice(io, 'no interfaces are configured')
    return EXIT_OK
  }
  const files = networkFiles(config, flavour)
  writePrimary(host.fs, primary)
  // wicked's directory is part of its package
  if (flavour === 'networkd') makeDirectory(host.fs, PATHS.networkdConfig)
  for (const file of files) writeTextFile(host.fs, file, false)
  return EXIT_OK
}
