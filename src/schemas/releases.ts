import { MlkitError } from '../errors.ts';
import { kernelVersion } from './generated/cpu-kernels.ts';
import { releases } from './generated/operators.ts';

/** A release of ONNX and the versions that came with it. */
export interface OnnxRelease {
  /** As `1.17.0`. */
  readonly release: string;
  readonly irVersion: number;
  /** The newest version of each operator set; `''` is ai.onnx. */
  readonly opsets: Readonly<Record<'' | 'ai.onnx.ml', number>>;
}

/** The releases of ONNX, oldest first. Source: https://onnx.ai/onnx/repo-docs/Versioning.html. */
export const onnxReleases: readonly OnnxRelease[] = releases.split(/[;\n]/).map((line) => {
  const [release = '', irVersion, onnx, ml] = line.split(' ');
  return {
    release,
    irVersion: Number(irVersion),
    opsets: { '': Number(onnx), 'ai.onnx.ml': Number(ml) },
  };
});

/** A release of onnxruntime and the newest versions that it takes. */
export interface RuntimeRelease {
  /** As `1.17`: patch releases of it take the same. */
  readonly version: string;
  readonly irVersion: number;
  /** The newest version of each operator set; `''` is ai.onnx. */
  readonly opsets: Readonly<Record<'' | 'ai.onnx.ml', number>>;
  /** How that is known: models were loaded with it, its documentation says so, or what it lies between. */
  readonly basis: 'measured' | 'documented' | 'neighbours';
}

function documented(version: string, onnx: number, ml: number, irVersion: number): RuntimeRelease {
  return { version, irVersion, opsets: { '': onnx, 'ai.onnx.ml': ml }, basis: 'documented' };
}

function measured(version: string, onnx: number, ml: number, irVersion: number): RuntimeRelease {
  return { ...documented(version, onnx, ml, irVersion), basis: 'measured' };
}

/**
 * The releases of onnxruntime, oldest first, with the newest ai.onnx, ai.onnx.ml and IR version.
 *
 * To 1.9 as documented: https://onnxruntime.ai/docs/reference/compatibility.html. From 1.10 found by
 * loading one-node models with onnxruntime-node of that release (bench/probe-releases.js), which in
 * some rows takes more than the page says: ai.onnx.ml 3 in 1.11 and 5 in 1.18 to 1.20, IR 9 in 1.15.
 * The page ends at 1.20. There is no onnxruntime-node 1.28; its row is what 1.27 and 1.29 both take.
 */
export const runtimeReleases: readonly RuntimeRelease[] = [
  documented('1.0', 11, 2, 6),
  documented('1.1', 11, 2, 6),
  documented('1.2', 11, 2, 6),
  documented('1.3', 12, 2, 7),
  documented('1.4', 12, 2, 7),
  documented('1.5', 12, 2, 7),
  documented('1.6', 13, 2, 7),
  documented('1.7', 13, 2, 7),
  documented('1.8', 14, 2, 7),
  documented('1.9', 15, 2, 8),
  measured('1.10', 15, 2, 8),
  measured('1.11', 16, 3, 8),
  measured('1.12', 17, 3, 8),
  measured('1.13', 17, 3, 8),
  measured('1.14', 18, 3, 8),
  measured('1.15', 19, 3, 9),
  measured('1.16', 19, 3, 9),
  measured('1.17', 20, 4, 9),
  measured('1.18', 21, 5, 10),
  measured('1.19', 21, 5, 10),
  measured('1.20', 21, 5, 10),
  measured('1.21', 22, 5, 10),
  measured('1.22', 22, 5, 10),
  measured('1.23', 23, 5, 11),
  measured('1.24', 25, 5, 13),
  measured('1.25', 26, 5, 13),
  measured('1.26', 26, 5, 13),
  measured('1.27', 26, 5, 13),
  { ...measured('1.28', 26, 5, 13), basis: 'neighbours' },
  measured('1.29', 26, 5, 13),
  measured('1.30', 26, 5, 13),
];

/**
 * Reads `onnxruntime@1.17`, `ort@1.17` or `onnxruntime`, which stands for the installed release.
 * A patch number is accepted and changes nothing.
 *
 * @throws MlkitError USAGE when it is none of these, or a release that is not known.
 */
export function parseRuntimeTarget(text: string): RuntimeRelease {
  const match = /^(?:onnxruntime|ort)(?:@(\d+\.\d+)(?:\.\d+)?)?$/i.exec(text.trim());
  const version = match?.[1] ?? kernelVersion.split('.').slice(0, 2).join('.');
  const release = runtimeReleases.find((each) => each.version === version);
  if (match !== null && release !== undefined) return release;
  const first = runtimeReleases[0]?.version;
  const last = runtimeReleases.at(-1)?.version;
  throw new MlkitError('USAGE', `there is no runtime ${JSON.stringify(text)} to aim at`, {
    hint: `Write onnxruntime@VERSION, with a version from ${first} to ${last}.`,
  });
}
