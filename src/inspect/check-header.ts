import type { Model } from '../graph/index.ts';
import { limits } from '../onnx/index.ts';
import type { Finding } from '../report/index.ts';
import { runtimeLimits } from './runtime-limits.ts';

/** What is wrong or remarkable about what a model says of itself, and about its size. */
export function checkHeader(model: Model, sizeBytes: number): Finding[] {
  const findings: Finding[] = [];
  const { irVersion, version } = runtimeLimits;
  if (model.irVersion < 1) {
    findings.push({
      code: 'ir-version-missing',
      severity: 'error',
      at: {},
      message:
        model.irVersion === 0
          ? 'the model names no IR version'
          : `the IR version is ${model.irVersion}`,
      spec: 'error',
    });
  }
  if (model.irVersion > irVersion) {
    findings.push({
      code: 'ir-version-newer',
      severity: 'warning',
      at: {},
      message: `IR version ${model.irVersion} is newer than onnxruntime ${version} loads, which is ${irVersion}`,
      fix: `Export it with IR version ${irVersion} or older.`,
      spec: 'ok',
      runtime: 'rejects',
    });
  }
  findings.push(...aboutOpsets(model), ...aboutMetadata(model));
  if (sizeBytes > limits.protobufBytes) {
    findings.push({
      code: 'file-too-large',
      severity: 'warning',
      at: {},
      message: `the file has ${sizeBytes} bytes, and protobuf readers, onnxruntime's among them, take at most ${limits.protobufBytes}`,
      fix: 'Move the weights to a data file: mlkit convert --external.',
      runtime: 'rejects',
    });
  }
  return findings;
}

function aboutOpsets(model: Model): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, number>();
  for (const { domain, version } of model.opsets) {
    const name = domain === '' ? 'ai.onnx' : domain;
    const earlier = seen.get(domain);
    if (earlier !== undefined) {
      const versions =
        earlier === version ? `version ${version} twice` : `${earlier} and ${version}`;
      findings.push({
        code: 'opset-duplicate',
        severity: 'warning',
        at: {},
        message: `the operator set ${name} is imported more than once: ${versions}`,
        spec: 'ok',
        runtime: 'accepts',
      });
      continue;
    }
    seen.set(domain, version);
    const newest = runtimeLimits.opsets.get(domain);
    if (newest === undefined || version <= newest) continue;
    findings.push({
      code: 'opset-newer',
      severity: 'warning',
      at: {},
      message: `version ${version} of ${name} is newer than onnxruntime ${runtimeLimits.version} knows, which is ${newest}`,
      fix: `Export it with version ${newest} or older.`,
      spec: 'ok',
      runtime: 'rejects',
    });
  }
  return findings;
}

function aboutMetadata(model: Model): Finding[] {
  const keys = model.metadata.map(([key]) => key);
  const repeated = new Set(keys.filter((key, at) => keys.indexOf(key) < at));
  return [...repeated].map((key) => ({
    code: 'metadata-duplicate',
    severity: 'error',
    at: {},
    message: `the metadata has "${key}" more than once`,
    fix: 'Keep one of them.',
    spec: 'error',
    runtime: 'accepts',
  }));
}
