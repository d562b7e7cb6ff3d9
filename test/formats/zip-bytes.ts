import { deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly method?: number;
  readonly isEncrypted?: boolean;
  /** Sizes and place in the extra field, as archives beyond 4 GiB have them. */
  readonly isLarge?: boolean;
  /** What is claimed of the content. */
  readonly claimedBytes?: number;
}

/** A zip archive, put together by hand after the format's description. */
export function zipBytes(files: readonly ZipFile[], isLarge = false): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const { name, content, method = 0 } = file;
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const label = Buffer.from(name, 'utf8');
    const local = Buffer.alloc(30);
    local.write('PK\u0003\u0004', 'latin1');
    local.writeUInt16LE(label.length, 26);
    const central = Buffer.alloc(46);
    central.write('PK\u0001\u0002', 'latin1');
    central.writeUInt16LE(0x800 + (file.isEncrypted === true ? 1 : 0), 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt16LE(label.length, 28);
    const extra = Buffer.alloc(file.isLarge === true ? 4 + 4 + 28 : 0);
    const size = file.claimedBytes ?? content.length;
    if (file.isLarge === true) {
      // Another extra field comes first.
      extra.writeUInt16LE(0x7777, 0);
      extra.writeUInt16LE(4, 2 + 0);
      extra.writeUInt16LE(0, 2);
      extra.writeUInt16LE(1, 4);
      extra.writeUInt16LE(24, 6);
      extra.writeBigUInt64LE(BigInt(size), 8);
      extra.writeBigUInt64LE(BigInt(packed.length), 16);
      extra.writeBigUInt64LE(BigInt(at), 24);
      for (const place of [20, 24, 42]) central.writeUInt32LE(0xffff_ffff, place);
    } else {
      central.writeUInt32LE(packed.length, 20);
      central.writeUInt32LE(size, 24);
      central.writeUInt32LE(at, 42);
    }
    central.writeUInt16LE(extra.length, 30);
    locals.push(local, label, packed);
    centrals.push(central, label, extra);
    at += local.length + label.length + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(isLarge ? 0xffff : files.length, 10);
  end.writeUInt32LE(isLarge ? 0xffff_ffff : directory.length, 12);
  end.writeUInt32LE(isLarge ? 0xffff_ffff : at, 16);
  if (!isLarge) return Buffer.concat([...locals, directory, end]);
  const large = Buffer.alloc(56 + 20);
  large.write('PK\u0006\u0006', 'latin1');
  large.writeBigUInt64LE(BigInt(files.length), 32);
  large.writeBigUInt64LE(BigInt(directory.length), 40);
  large.writeBigUInt64LE(BigInt(at), 48);
  large.write('PK\u0006\u0007', 56, 'latin1');
  large.writeBigUInt64LE(BigInt(at + directory.length), 56 + 8);
  return Buffer.concat([...locals, directory, large, end]);
}
