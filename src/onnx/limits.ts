export type LimitName =
  | 'nesting'
  | 'fieldsPerMessage'
  | 'graphParts'
  | 'textBytes'
  | 'rank'
  | 'typedElements'
  | 'tensorBytes'
  | 'protobufBytes';

/**
 * Limits on what a file may make mlkit do. Files are untrusted; each limit is far above the largest
 * honest model and keeps a hostile one from using up memory or time (CWE-400, CWE-789, CWE-674).
 */
export const limits: Readonly<Record<LimitName, number>> = {
  /**
   * Depth of nested messages, as in protobuf's own readers. A subgraph takes three levels (node,
   * attribute, graph), so some 30 nested Ifs fit.
   */
  nesting: 100,
  /**
   * Fields of one message. The largest graphs known have some hundred thousand nodes; each field
   * costs about 40 bytes of bookkeeping.
   */
  fieldsPerMessage: 4_000_000,
  /** Nodes, values and tensors of one model together; each costs some hundred bytes. */
  graphParts: 8_000_000,
  /** Bytes of one name, documentation text or other string that is decoded to text. */
  textBytes: 64 * 1024 * 1024,
  /** Dimensions of one tensor or type. ONNX has no limit; runtimes stop at 8 to 32. */
  rank: 1024,
  /**
   * Elements that a typed field (int32_data and so on) may decode to. Larger constants are written
   * as raw_data by every exporter, and decoded text of numbers would not fit into memory anyway.
   */
  typedElements: 256 * 1024 * 1024,
  /**
   * Bytes of one tensor that is loaded into memory: the largest buffer that every Node from 20.19 on
   * can make is 4 GiB.
   */
  tensorBytes: 4 * 1024 ** 3 - 1,
  /** Largest protobuf message that the C++ and Python readers take: 2 GiB - 1. */
  protobufBytes: 2 ** 31 - 1,
};
