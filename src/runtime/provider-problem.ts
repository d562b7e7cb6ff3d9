import type { ProviderName } from './runtime.ts';

/** Why a provider cannot be used, and what to do about it. */
export interface ProviderProblem {
  readonly reason: string;
  readonly hint: string;
}

export interface ProviderFailure {
  readonly provider: ProviderName;
  /** The runtime's message, cleaned. */
  readonly message: string;
  /** What the child printed: the loader's complaints are only there. */
  readonly printed: string;
  readonly platform: string;
  readonly arch: string;
}

/** Where the published onnxruntime-node packages have a provider. */
const homes: Readonly<Record<ProviderName, { has: RegExp; where: string }>> = {
  cpu: { has: /./, where: 'everywhere' },
  cuda: { has: /^linux-x64$/, where: 'Linux on x64' },
  tensorrt: { has: /^linux-x64$/, where: 'Linux on x64' },
  webgpu: { has: /^(linux-x64|win32-\w+|darwin-\w+)$/, where: 'Windows, macOS, and Linux on x64' },
  coreml: { has: /^darwin-/, where: 'macOS' },
  dml: { has: /^win32-/, where: 'Windows' },
};

const wording: Readonly<Record<ProviderName, string>> = {
  cpu: 'CPU',
  cuda: 'CUDA',
  tensorrt: 'TensorRT',
  webgpu: 'WebGPU',
  coreml: 'CoreML',
  dml: 'DirectML',
};

interface Row {
  readonly pattern: RegExp;
  readonly reason: (found: string, provider: string) => string;
  readonly hint: string;
}

const useCpu = 'or use --provider cpu';

/** First match wins. Matched against the message and what was printed. */
const rows: readonly Row[] = [
  {
    pattern: /libonnxruntime_providers_(?:shared|cuda|tensorrt)\.so: cannot open shared object/,
    reason: (_, provider) =>
      `the ${provider} libraries of onnxruntime-node are not installed (its install script downloads them; it was skipped or had no network)`,
    hint: `Run its install script: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node --ignore-scripts=false; ${useCpu}.`,
  },
  {
    pattern: /(libcud(?:nn|art|a)[\w.]*|libcu[\w.]*|libnv[\w.]*): cannot open shared object/,
    reason: (library, provider) => `${provider} needs the library ${library}, which was not found`,
    hint: `Install CUDA 12 and cuDNN 9 (for TensorRT also TensorRT 10) and put them on the loader's path (LD_LIBRARY_PATH); ${useCpu}.`,
  },
  {
    pattern:
      /(no CUDA-capable device|CUDA failure 100\b|CUDA driver version is insufficient|CUDA failure 35\b|CUDA failure 999\b)/,
    reason: (found) => `there is no usable NVIDIA GPU or its driver is too old (${found})`,
    hint: `nvidia-smi should list a GPU and a driver for CUDA 12; ${useCpu}.`,
  },
  {
    pattern: /Couldn't load Vulkan: (\S+?):/,
    reason: (library) => `WebGPU needs Vulkan, and its loader ${library} was not found`,
    hint: `Install the Vulkan loader (package libvulkan1 or vulkan-loader) and a GPU driver with Vulkan; ${useCpu}.`,
  },
  {
    pattern: /Failed to get a WebGPU (?:adapter|device)/,
    reason: () => 'WebGPU found no GPU that it can use',
    hint: `Install a GPU driver (Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS); ${useCpu}.`,
  },
];

/** Messages that tell of the provider and not of the model. */
const isAboutProvider =
  /backend not found|no available backend|AppendExecutionProvider|Failed to load shared library|Failed to load library|WebGPU (adapter|device|instance)|WebGpuContext|CUDA failure|CUDA error|cuDNN|CoreML is not supported|D3D12|DXGI|dml_provider_factory/i;

/**
 * Recognises that loading failed because the provider cannot be used; null where the message tells of
 * something else, such as the model.
 */
export function providerProblem(failure: ProviderFailure): ProviderProblem | null {
  const { provider, message, printed, platform, arch } = failure;
  if (provider === 'cpu' || !isAboutProvider.test(message)) return null;
  const name = wording[provider];
  const home = homes[provider];
  if (!home.has.test(`${platform}-${arch}`)) {
    return {
      reason: `onnxruntime-node has ${name} on ${home.where} only, and this is ${platform} on ${arch}`,
      hint: 'Use --provider cpu.',
    };
  }
  const everything = `${message}\n${printed}`;
  for (const row of rows) {
    const match = row.pattern.exec(everything);
    if (match !== null) return { reason: row.reason(match[1] ?? '', name), hint: row.hint };
  }
  if (/backend not found/.test(message)) {
    return {
      reason: `the installed onnxruntime-node was built without ${name}`,
      hint: 'Reinstall onnxruntime-node for this platform, or use --provider cpu.',
    };
  }
  return { reason: message, hint: `Check the driver and libraries of ${name}, ${useCpu}.` };
}
