import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { AppError } from '../base/app-error.js'
import type { RenderedManifest } from '../engine/manifest/manifest.js'

/** Seals or opens bytes; given by whoever holds the vault. */
export type Sealing = (bytes: Uint8Array) => Uint8Array

const VERSION = 1
const MAX_BYTES = 512 * 1024 * 1024

interface Archive {
  readonly version: number
  readonly manifests: readonly RenderedManifest[]
}

/** Where a stored render lives: part of what it is sealed with. */
export function renderLocation(key: string): {
  readonly table: string
  readonly row: string
  readonly column: string
} {
  return { table: 'renders', row: key, column: 'content' }
}

/** A complete render as it is stored: compressed, then sealed. */
export function encodeRender(manifests: readonly RenderedManifest[], seal: Sealing): Uint8Array {
  const archive: Archive = { version: VERSION, manifests }
  const level = { [constants.ZSTD_c_compressionLevel]: 1 }
  return seal(zstdCompressSync(JSON.stringify(archive), { params: level }))
}

/** The inverse of encodeRender; throws INTERNAL when the bytes are not ours or were altered. */
export function decodeRender(sealed: Uint8Array, open: Sealing): readonly RenderedManifest[] {
  const plain = zstdDecompressSync(open(sealed), { maxOutputLength: MAX_BYTES })
  const archive = JSON.parse(plain.toString('utf8')) as Archive
  if (archive.version === VERSION) return archive.manifests
  throw new AppError('INTERNAL', `Cannot read a stored render: its format is version ${archive.version}`)
}
