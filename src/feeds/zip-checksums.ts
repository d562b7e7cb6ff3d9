const endRecord = 0x06054b50;
const entryRecord = 0x02014b50;
/** Of the end record without its comment, which takes at most 65,535 bytes more. */
const endBytes = 22;
const entryBytes = 46;
/** Stands for a number that is elsewhere, in archives beyond 4 GiB. */
const elsewhere = 0xffff_ffff;

/**
 * The CRC-32 checksums that a zip archive states for its files, by name; none where its directory
 * cannot be found.
 *
 * Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.12 and 4.3.16)
 */
export function zipChecksums(bytes: Uint8Array): ReadonlyMap<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checksums = new Map<string, number>();
  const end = findEnd(view);
  if (end === null) return checksums;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (at === elsewhere) return checksums;
  for (let entry = 0; entry < count; entry += 1) {
    if (at + entryBytes > end || view.getUint32(at, true) !== entryRecord) break;
    const isUtf8 = (view.getUint16(at + 8, true) & 0x800) !== 0;
    const nameBytes = view.getUint16(at + 28, true);
    const name = bytes.subarray(at + entryBytes, at + entryBytes + nameBytes);
    const text = Buffer.from(name).toString(isUtf8 ? 'utf8' : 'latin1');
    checksums.set(text, view.getUint32(at + 16, true));
    at += entryBytes + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return checksums;
}

function findEnd(view: DataView): number | null {
  const last = view.byteLength - endBytes;
  for (let at = last; at >= Math.max(0, last - 0xffff); at -= 1) {
    if (view.getUint32(at, true) === endRecord) return at;
  }
  return null;
}
