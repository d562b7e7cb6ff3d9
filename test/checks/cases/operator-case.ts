/**
 * A model with one defect, a sound one of the same kind beside it, and what onnx 1.23.1's full check
 * and onnxruntime 1.30.0 say of the defective one.
 */
export interface OperatorCase {
  readonly code: string;
  readonly defective: Uint8Array;
  readonly sound: Uint8Array;
  readonly spec: 'error' | 'ok';
  readonly runtime: 'rejects' | 'accepts' | 'fails';
  /** Other codes that the same defect has. */
  readonly also?: readonly string[];
}
