import type { OpenModel } from '../onnx/index.ts';
import type { RuntimeVerdict, SkeletonSettings } from './skeleton-verdict.ts';

export { checkOutput } from './check-output.ts';
export {
  dataPath,
  findsSameData,
  locationsOf,
  presentDataFiles,
  refuseForeignData,
} from './data-files.ts';
export type { RuntimeVerdict, SkeletonSettings } from './skeleton-verdict.ts';
export { Stage } from './stage.ts';

/**
 * Whether onnxruntime loads a model, found out without reading its weights where that can be. What
 * does it is loaded when it is asked.
 *
 * @throws MlkitError INTERRUPTED; FILE_CHANGED and its like when the model cannot be read any more.
 */
export async function skeletonVerdict(
  open: OpenModel,
  settings?: SkeletonSettings,
): Promise<RuntimeVerdict> {
  const { skeletonVerdict: ask } = await import('./skeleton-verdict.ts');
  return ask(open, settings);
}
