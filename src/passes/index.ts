export { extractSubgraph, type SubgraphCut } from './extract-subgraph.ts';
export { type FixShapesSettings, fixedSizes, fixShapes } from './fix-shapes.ts';
export type { Fix, FixChange } from './fixes/fix.ts';
export { type IrFeature, irFeatures } from './ir-features.ts';
export {
  type IrVersionSettings,
  irVersion,
  newestIrVersion,
  opsetIrVersion,
} from './ir-version.ts';
export { type SetMetadataSettings, setMetadata } from './metadata.ts';
export type { Change, ChangeAction, Pass } from './pass.ts';
export { type RenameSettings, rename } from './rename.ts';
export { type Strippable, type StripSettings, strip, strippables } from './strip.ts';

/** What mends models, in the order in which it is run. Loaded when something is to be mended. */
export async function loadFixes(): Promise<typeof import('./fixes/index.ts').fixes> {
  const { fixes } = await import('./fixes/index.ts');
  return fixes;
}
