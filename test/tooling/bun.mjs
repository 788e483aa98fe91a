/**
 * Bun, which the one executable is made with and of. It is no dependency of the package: it has 100 MB, and only whoever
 * builds the executable needs it. npm gets the one package for this machine, at the version and with the checksum of
 * `bun.json`, from wherever npm is set up to get packages.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The key of this machine in `bun.json`. */
function flavour() {
  const isMusl = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined
  return `${process.platform}-${process.arch}${isMusl ? '-musl' : ''}`
}

/** Installs the package by a lockfile of its own, so that npm compares the checksum. */
function install(directory, name, version, integrity) {
  const dependencies = { [name]: version }
  const lock = {
    name: 'bun',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'bun', dependencies }, [`node_modules/${name}`]: { version, integrity } },
  }
  mkdirSync(directory, { recursive: true })
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ name: 'bun', private: true, dependencies }))
  writeFileSync(path.join(directory, 'package-lock.json'), JSON.stringify(lock))
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  execFileSync('npm', ['ci', ...options], { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** The path of Bun's executable; installs it below `node_modules/.cache` if it is not there. @throws if npm cannot */
export function bunPath(root) {
  const { version, packages } = JSON.parse(readFileSync(new URL('bun.json', import.meta.url), 'utf8'))
  const wanted = packages[flavour()]
  if (wanted === undefined) throw new Error(`there is no Bun for ${flavour()}`)
  const directory = path.join(root, 'node_modules/.cache', `bun-${version}-${flavour()}`)
  const binary = (below) => path.join(below, 'node_modules', wanted.name, 'bin/bun')
  if (!existsSync(binary(directory))) {
    const temporary = `${directory}.${process.pid}`
    try {
      install(temporary, wanted.name, version, wanted.integrity)
      rmSync(directory, { recursive: true, force: true })
      renameSync(temporary, directory)
    } finally {
      rmSync(temporary, { recursive: true, force: true })
    }
  }
  return binary(directory)
}
