export * from './dtype.ts';
export * from './float8.ts';
export * from './half.ts';
export * from './packed.ts';
export * from './same-bytes.ts';
export * from './storage.ts';
export * from './tensor.ts';
export * from './value.ts';
