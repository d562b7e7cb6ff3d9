import { describe, expect, test } from 'vitest';
import type { ProviderName } from '../../src/runtime/index.ts';
import { providerProblem } from '../../src/runtime/provider-problem.ts';

const folder = '/app/node_modules/onnxruntime-node/bin/napi-v6/linux/x64';
const cuda = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library';

function problem(
  provider: ProviderName,
  message: string,
  printed = '',
  [platform, arch]: readonly [string, string] = ['linux', 'x64'],
): { reason: string; hint: string } | null {
  return providerProblem({ provider, message, printed, platform, arch });
}

describe('what is missing', () => {
  test('the libraries that the install script downloads', () => {
    const printed = `Failed to load library ${folder}/libonnxruntime_providers_shared.so with error: ${folder}/libonnxruntime_providers_shared.so: cannot open shared object file: No such file or directory`;
    const found = problem('cuda', cuda, printed);
    expect(found?.reason).toMatch(/^the CUDA libraries of onnxruntime-node are not installed/);
    expect(found?.hint).toContain('ONNXRUNTIME_NODE_INSTALL=cuda12');
  });

  test('a library of CUDA, of cuDNN, of TensorRT', () => {
    const missing = (library: string): string =>
      `Failed to load library ${folder}/libonnxruntime_providers_cuda.so with error: ${library}: cannot open shared object file: No such file or directory`;
    for (const library of ['libcublasLt.so.12', 'libcudnn.so.9', 'libcudart.so.12']) {
      const found = problem('cuda', cuda, missing(library));
      expect(found?.reason).toBe(`CUDA needs the library ${library}, which was not found`);
      expect(found?.hint).toContain('cuDNN 9');
    }
    expect(problem('tensorrt', cuda, missing('libnvinfer.so.10'))?.reason).toBe(
      'TensorRT needs the library libnvinfer.so.10, which was not found',
    );
  });

  test('a GPU', () => {
    const message = 'CUDA failure 100: no CUDA-capable device is detected ; GPU=-1';
    expect(problem('cuda', message)?.reason).toContain('no usable NVIDIA GPU');
  });

  test('Vulkan, or a GPU for it', () => {
    const message = 'Failed to get a WebGPU adapter: No supported adapters';
    const printed =
      "Warning: Couldn't load Vulkan: libvulkan.so.1: cannot open shared object file: No such file or directory";
    expect(problem('webgpu', message, printed)?.reason).toContain('libvulkan.so.1');
    expect(problem('webgpu', message)?.reason).toBe('WebGPU found no GPU that it can use');
  });

  test('the right platform', () => {
    const message = 'no available backend found. ERR: [coreml] backend not found.';
    expect(problem('coreml', message)?.reason).toBe(
      'onnxruntime-node has CoreML on macOS only, and this is linux on x64',
    );
    expect(problem('dml', message, '', ['darwin', 'arm64'])?.reason).toContain('on Windows only');
    expect(problem('cuda', message, '', ['win32', 'x64'])?.reason).toContain(
      'on Linux on x64 only',
    );
    expect(problem('coreml', message, '', ['darwin', 'arm64'])?.reason).toBe(
      'the installed onnxruntime-node was built without CoreML',
    );
  });

  test('something unknown is passed on', () => {
    expect(problem('cuda', 'CUDA failure 2: out of memory')?.reason).toBe(
      'CUDA failure 2: out of memory',
    );
  });
});

test('a problem of the model is none of the provider', () => {
  expect(problem('cuda', 'Protobuf parsing failed.')).toBeNull();
  expect(problem('cpu', cuda)).toBeNull();
});
